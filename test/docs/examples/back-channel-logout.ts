import { Hono } from 'hono'
import { type JWTVerifyGetKey, jwtVerify } from 'jose'
import { type SessionVariables, session } from '../../../src/hono.ts'
import { createSessions, type RevocationStore } from '../../../src/index.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** What is known of the identity provider. `keys` is `createRemoteJWKSet(new URL(jwks_uri))` of jose. */
interface Provider {
  readonly issuer: string
  readonly clientId: string
  readonly keys: JWTVerifyGetKey
  /** Exchanges the code of a login for an ID token, and verifies that. */
  readonly claimsOf: (code: string) => Promise<{ readonly sub: string; readonly sid?: string }>
}

export function createApp(secrets: string, store: RevocationStore, provider: Provider) {
  const { issuer, clientId, keys, claimsOf } = provider
  const options = { secrets, revocation: { store, onUnavailable: 'deny' } } as const
  const sessions = createSessions(options)
  const app = new Hono<{ Variables: SessionVariables }>()
  app.use(session(options))

  app.get('/callback', async (c) => {
    const { sub, sid } = await claimsOf(c.req.query('code') ?? '') // and check state and nonce
    const keys = sid === undefined ? [] : [await keyOf(sid)]
    if (sub === '') return c.text('The provider does not say who you are.', 502)
    c.var.session.login(sub)
    c.var.session.keys = keys
    return c.redirect('/', 303)
  })

  // OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8. The provider calls it, no browser does.
  app.post('/backchannel-logout', async (c) => {
    c.header('Cache-Control', 'no-store')
    const token = (await c.req.formData()).get('logout_token')
    const target = typeof token === 'string' ? await targetOf(token) : undefined
    if (!target) return c.json({ error: 'invalid_request' }, 400)
    await sessions.revoke(target) // an error is a 500, and the provider tries again
    return c.body(null, 200)
  })

  async function targetOf(token: string) {
    const checks = { issuer, audience: clientId, algorithms: ['RS256', 'ES256'], maxTokenAge: 120 }
    const claims = await jwtVerify(token, keys, {
      ...checks,
      requiredClaims: ['jti', 'events'],
    }).then(
      ({ payload }) => payload,
      () => undefined,
    )
    const { events, nonce, sid, sub } = claims ?? {}
    // An ID token is no logout token: it has a nonce, or lacks the event.
    const isLogout = typeof events === 'object' && events !== null && EVENT in events
    if (!isLogout || nonce !== undefined) return undefined
    if (typeof sid === 'string') return { key: await keyOf(sid) }
    return typeof sub === 'string' && sub !== '' ? { subject: sub } : undefined
  }

  /** A key has at most 200 characters, and the session id of a provider as many as it likes. */
  async function keyOf(sid: string) {
    const text = new TextEncoder().encode(JSON.stringify([issuer, sid]))
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
    return `oidc:${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  }

  app.get('/', (c) => c.json({ user: c.var.session.subject ?? null }))
  return app
}
