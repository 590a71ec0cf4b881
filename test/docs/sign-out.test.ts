/** The recipes of docs/recipes/sign-out-everywhere.md, as apps use them. */
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { memoryMarks } from '../../src/stores/memory.ts'
import { SECRET } from '../support/visitor.ts'
import { createApp as createBackChannel } from './examples/back-channel-logout.ts'
import { createApp as createNotBefore } from './examples/not-before.ts'
import { createApp } from './examples/sign-out.ts'
import { visitor } from './visitor.ts'

const post = (body: Record<string, string> = {}, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(body).toString(),
})

describe('the recipes', () => {
  async function devices(count: number) {
    // One node, which knows at once what it has ended itself.
    const store = memoryMarks()
    const app = createApp(SECRET, store)
    app.get('/cookies', (c) => c.text(c.req.header('Cookie') ?? ''))
    app.post('/renew', (c) => {
      c.var.session.regenerate()
      return c.text('ok')
    })
    const browsers = Array.from({ length: count }, () => visitor(app))
    for (const [i, browser] of browsers.entries()) {
      const login = post({ name: 'ada', password: 'right' }, { 'User-Agent': `device ${i}` })
      await browser('/login', login)
    }
    const user = async (browser: ReturnType<typeof visitor>) =>
      ((await (await browser('/')).json()) as { user?: string }).user
    const [first = visitor(app), ...others] = browsers
    return { app, first, others, user }
  }

  test('a page shows the devices, and signs one out or all others', async () => {
    const { first, others, user } = await devices(3)
    const list = async () =>
      (await (await first('/devices')).json()) as { id: string; label: string; isThis: boolean }[]
    const shown = await list()
    expect(shown.map(({ label }) => label).sort()).toEqual(['device 0', 'device 1', 'device 2'])
    expect(shown.find(({ isThis }) => isThis)?.label).toBe('device 0')
    const other = shown.find(({ label }) => label === 'device 1')
    await first(`/devices/${other?.id}/sign-out`, post())
    expect(await Promise.all(others.map(user))).toEqual([undefined, 'ada'])
    expect(await list()).toHaveLength(2)
    await first('/devices/sign-out-others', post())
    expect(await Promise.all(others.map(user))).toEqual([undefined, undefined])
    expect(await user(first)).toBe('ada')
  })

  test('a device that got a new id since the page was shown is signed out, and one that is gone is told', async () => {
    const { first, others, user } = await devices(2)
    const list = async () =>
      (await (await first('/devices')).json()) as { id: string; label: string; isThis: boolean }[]
    const other = (await list()).find(({ isThis }) => !isThis)
    await others[0]?.('/renew', post())
    expect((await list()).map(({ id }) => id)).not.toContain(other?.id)
    const signOut = () => first(`/devices/${other?.id}/sign-out`, post())
    expect((await signOut()).status).toBe(303)
    expect(await Promise.all(others.map(user))).toEqual([undefined])
    expect((await signOut()).status).toBe(404)
    expect(
      (await first(`/devices/${'?'.repeat(8)}${other?.id.slice(8)}/sign-out`, post())).status,
    ).toBe(404)
    expect(await user(first)).toBe('ada')
  })

  test('a changed password signs out all other devices', async () => {
    const { app, first, others, user } = await devices(3)
    // Of this browser as well: somebody may have copied its cookies.
    const copied = await first('/cookies')
    const cookie = await copied.text()
    const changed = await first('/password', post({}, { 'User-Agent': 'device 0' }))
    expect(changed.headers.get('Location')).toBe('/devices')
    expect(await Promise.all(others.map(user))).toEqual([undefined, undefined])
    expect(await user(first)).toBe('ada')
    expect(await (await app.request('/', { headers: { cookie } })).json()).toEqual({})
    const listed = (await (await first('/devices')).json()) as { label: string }[]
    expect(listed.map(({ label }) => label)).toEqual(['device 0'])
  })

  test('an administrator bans a user, who is out everywhere; nobody else may do that', async () => {
    const { app, first, others, user } = await devices(2)
    expect((await first('/admin/users/ada/ban', post())).status).toBe(403)
    expect(await user(first)).toBe('ada')
    const root = visitor(app)
    await root('/login', post({ name: 'root', password: 'right' }))
    expect(await (await root('/admin/users/ada/sessions')).json()).toHaveLength(2)
    expect((await root('/admin/users/ada/ban', post())).status).toBe(200)
    expect(await Promise.all([first, ...others].map(user))).toEqual([undefined, undefined])
    expect(await user(root)).toBe('root')
  })

  test('a sixth device is refused', async () => {
    const { app } = await devices(5)
    const sixth = visitor(app)
    expect((await sixth('/login', post({ name: 'ada', password: 'right' }))).status).toBe(409)
  })
})

test('a time before which no login counts stands in the row of the user', async () => {
  const users = new Map([['ada', { isBanned: false, notBefore: 0 }]])
  const app = createNotBefore(SECRET, {
    find: async (id) => users.get(id),
    setNotBefore: async (id, notBefore) => {
      users.set(id, { isBanned: false, notBefore })
    },
  })
  const browser = visitor(app)
  const user = async () => ((await (await browser('/')).json()) as { user: string | null }).user
  await browser('/login/ada', post())
  expect(await user()).toBe('ada')
  users.set('ada', { isBanned: false, notBefore: Date.now() })
  expect(await user()).toBe(null)
  users.set('ada', { isBanned: false, notBefore: 0 })
  await browser('/login/ada', post())
  expect(await user()).toBe('ada')
  users.set('ada', { isBanned: true, notBefore: 0 })
  expect(await user()).toBe(null)
  // Who changes the password stays, and another device is out.
  users.set('ada', { isBanned: false, notBefore: 0 })
  await new Promise((resolve) => setTimeout(resolve, 2))
  expect((await browser('/password', post())).status).toBe(200)
  expect(await user()).toBe('ada')
  const other = visitor(app)
  expect((await other('/password', post())).status).toBe(401)
})

describe('a back-channel logout', async () => {
  const issuer = 'https://id.example'
  const clientId = 'shop'
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = createLocalJWKSet({
    keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: '1' }],
  })
  const claimsOf = async (code: string) => ({ sub: 'ada', sid: code })
  const long = async (code: string) => ({ sub: code, sid: 's'.repeat(1000) })

  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const good = { sid: 'session-1', events, jti: 'a' }
  async function tokenOf(claims: Record<string, unknown>, by = privateKey) {
    const all = { iss: issuer, aud: clientId, iat: Math.floor(Date.now() / 1000), ...claims }
    return new SignJWT(all)
      .setProtectedHeader({ alg: 'ES256', kid: '1', typ: 'logout+jwt' })
      .sign(by)
  }

  async function scene() {
    const app = createBackChannel(SECRET, memoryMarks(), { issuer, clientId, keys, claimsOf })
    const browsers = [visitor(app), visitor(app)]
    for (const [i, browser] of browsers.entries()) await browser(`/callback?code=session-${i}`)
    const users = () =>
      Promise.all(
        browsers.map(
          async (browser) => ((await (await browser('/')).json()) as { user: unknown }).user,
        ),
      )
    const logout = async (token: string) =>
      app.request('/backchannel-logout', post({ logout_token: token }))
    return { users, logout, app }
  }

  test('ends the session that the provider names, or all of the user', async () => {
    const { users, logout } = await scene()
    expect(await users()).toEqual(['ada', 'ada'])
    const response = await logout(await tokenOf(good))
    expect([response.status, response.headers.get('Cache-Control')]).toEqual([200, 'no-store'])
    expect(await users()).toEqual(['ada', null])
    // The clock of a provider may be ahead.
    const iat = Math.floor(Date.now() / 1000) + 5
    expect((await logout(await tokenOf({ ...good, sid: 'another', iat }))).status).toBe(200)
    expect(await users()).toEqual(['ada', null])
    expect((await logout(await tokenOf({ sub: 'ada', events, jti: 'b' }))).status).toBe(200)
    expect(await users()).toEqual([null, null])
  })

  test('works for a session id of any length, and an empty user logs nobody in or out', async () => {
    const app = createBackChannel(SECRET, memoryMarks(), { issuer, clientId, keys, claimsOf: long })
    const browser = visitor(app)
    const user = async () => ((await (await browser('/')).json()) as { user: unknown }).user
    expect((await browser('/callback?code=ada')).status).toBe(303)
    expect(await user()).toBe('ada')
    const logout = async (claims: Record<string, unknown>) =>
      app.request(
        '/backchannel-logout',
        post({ logout_token: await tokenOf({ events, jti: 'x', ...claims }) }),
      )
    expect((await logout({ sub: '' })).status).toBe(400)
    expect((await logout({ sid: 's'.repeat(999) })).status).toBe(200)
    expect(await user()).toBe('ada')
    expect((await logout({ sid: 's'.repeat(1000) })).status).toBe(200)
    expect(await user()).toBe(null)
    expect((await browser('/callback')).status).toBe(502)
  })

  test('ends a login whose ID token named no session, if the provider names one of the user', async () => {
    const claims = async (sub: string) => ({ sub })
    const app = createBackChannel(SECRET, memoryMarks(), {
      issuer,
      clientId,
      keys,
      claimsOf: claims,
    })
    const browsers = [visitor(app), visitor(app)]
    for (const [i, browser] of browsers.entries()) await browser(`/callback?code=user-${i}`)
    const token = await tokenOf({ ...good, sub: 'user-0' })
    expect((await app.request('/backchannel-logout', post({ logout_token: token }))).status).toBe(
      200,
    )
    const [first, second] = await Promise.all(
      browsers.map(
        async (browser) => ((await (await browser('/')).json()) as { user: unknown }).user,
      ),
    )
    expect([first, second]).toEqual([null, 'user-1'])
  })

  test('is refused for any other token, or none', async () => {
    const { users, logout, app } = await scene()
    const none = { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }
    expect((await app.request('/backchannel-logout', none)).status).toBe(400)
    const { privateKey: foreign } = await generateKeyPair('ES256')
    const wrong = [
      'nonsense',
      await tokenOf(good, foreign),
      await tokenOf({ ...good, iss: 'https://evil.example' }),
      await tokenOf({ ...good, aud: 'another-app' }),
      await tokenOf({ ...good, nonce: 'n' }),
      await tokenOf({ ...good, events: undefined }),
      await tokenOf({ ...good, events: { other: {} } }),
      await tokenOf({ ...good, jti: undefined }),
      await tokenOf({ ...good, iat: Math.floor(Date.now() / 1000) - 600 }),
      await tokenOf({ events, jti: 'c' }),
      await tokenOf({ ...good, events: { [Object.keys(events)[0] ?? '']: 'x' } }),
      await tokenOf({ ...good, sid: 5, sub: 'ada' }),
    ]
    for (const token of wrong) expect((await logout(token)).status).toBe(400)
    expect(await users()).toEqual(['ada', 'ada'])
  })
})
