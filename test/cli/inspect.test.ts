/** `carryon inspect`: what is in a Cookie header. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { Inspection } from '../../src/cli/inspect.ts'
import { REASONS } from '../../src/cli/reasons.ts'
import { run } from '../../src/cli/run.ts'
import { readHeader } from '../../src/cli/surroundings.ts'
import { rejectionReasons } from '../../src/errors.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { OTHER_SECRET, SECRET, Shop, Visitor } from '../support/visitor.ts'
import { around } from './around.ts'

const json = async (
  cookie: string,
  shop: Pick<Shop, 'clock'>,
  args: readonly string[] = [],
  secrets = SECRET,
) => {
  const result = await run(
    ['inspect', '--json', ...args],
    around({
      env: { SESSION_SECRETS: secrets },
      now: shop.clock.read,
      readHeader: async () => cookie,
    }),
  )
  expect(result).toMatchObject({ code: 0, error: '' })
  return JSON.parse(result.out) as Inspection
}

/** A shop whose visitor is logged in, with two parallel writes. */
async function busyShop() {
  const shop = new Shop()
  await shop.visit((session) => {
    session.login('ada')
    session.data['cart'] = { tea: 1 }
    session.flash('notice', 'hello')
  })
  shop.clock.advance(5)
  const one = await shop.begin()
  const two = await shop.begin()
  one.session.increment('hits')
  two.session.data['theme'] = 'dark'
  await one.end()
  await two.end()
  shop.clock.advance(7)
  return shop
}

describe('inspect', () => {
  test('tells of each cookie its size, age, kind and parents, and what the merge gives', async () => {
    const shop = await busyShop()
    const { header, sessions } = await json(`Cookie: a=1; ${shop.visitor.cookie}`, shop)
    expect(header.bytes).toBe(`a=1; ${shop.visitor.cookie}`.length)
    expect(header.limits.every(({ fits }) => fits)).toBe(true)
    const [session] = sessions
    expect(sessions).toHaveLength(1)
    const cookies = session?.cookies ?? []
    expect(cookies.map(({ name, bytes }) => [name, bytes])).toEqual(
      shop.visitor.jar
        .cookies(shop.visitor.origin)
        .map(({ name, value }) => [name, name.length + value.length]),
    )
    expect(cookies.map(({ kind }) => kind)).toEqual(['base', 'log', 'log'])
    expect(cookies.map(({ ageSeconds }) => ageSeconds)).toEqual([12, 7, 7])
    for (const cookie of cookies)
      expect(cookie).toMatchObject({ counts: true, secret: 'first', subject: 'ada', limit: 4096 })
    const [, log, other] = cookies
    expect(log?.entries?.map(({ changes }) => changes)).toEqual([['increment hits']])
    expect(other?.entries?.map(({ changes }) => changes)).toEqual([['set theme']])
    expect(log?.parents).toEqual(other?.parents)
    const { id } = await shop.sessions.open(shop.visitor.request())
    expect(session?.merged).toMatchObject({
      id,
      subject: 'ada',
      data: { cart: { tea: 1 }, hits: 1, theme: 'dark' },
      messages: 1,
      inStore: [],
    })
    expect(session?.merged?.heads).toHaveLength(2)
  })

  test('leaves the data out, and names what lies in the store', async () => {
    const shop = new Shop({ overflow: memoryStore() })
    await shop.visit(({ data }) => {
      data['big'] = 'x'.repeat(9000)
      data['small'] = 'only here'
    })
    const { cookie } = shop.visitor
    const [shown] = (await json(cookie, shop)).sessions
    expect(shown?.merged).toMatchObject({ data: { small: 'only here' }, inStore: ['big'] })
    const inspection = await json(cookie, shop, ['--no-data'])
    expect(inspection.sessions[0]?.merged).toMatchObject({ inStore: ['big'] })
    expect(JSON.stringify(inspection)).not.toContain('only here')
  })

  test('says why a cookie does not count', async () => {
    const shop = await busyShop()
    const { cookie } = shop.visitor
    const cookies = cookie.split('; ')
    const reasonsOf = async (header: string, secrets?: string) => {
      const { sessions } = await json(header, shop, [], secrets)
      return sessions.flatMap((session) => session.cookies.map(({ reason }) => reason ?? 'counts'))
    }
    expect(await reasonsOf(cookie, OTHER_SECRET)).toEqual(Array(3).fill('unknown-key'))
    expect(await reasonsOf(cookies[1] ?? '')).toEqual(['orphaned'])
    expect(await reasonsOf(cookie.slice(0, -5))).toEqual(['counts', 'counts', 'unsupported'])
    const at = cookie.length - 60
    const changed = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1)
    expect(await reasonsOf(changed)).toEqual(['counts', 'counts', 'tampered'])
    expect(await reasonsOf(cookies[1]?.replace(/\.[^.=]+=/, '.abcdefghijklm=') ?? '')).toEqual([
      'renamed',
    ])
    expect(await reasonsOf('__Host-session.abcdefghijklm=nonsense')).toEqual(['malformed'])
    const oversized = `__Host-session.abcdefghijklm=${'x'.repeat(5000)}`
    expect(await reasonsOf(oversized)).toEqual(['oversized'])
    const before = cookie
    await shop.visit((session) => session.destroy())
    expect(await reasonsOf(`${before}; ${shop.visitor.cookie}`)).toEqual([
      ...Array(3).fill('ended'),
      'counts',
    ])
    shop.clock.advance(13 * 3600)
    expect(new Set(await reasonsOf(before))).toEqual(new Set(['expired']))
  })

  test('has a sentence for every reason', () => {
    for (const reason of rejectionReasons) expect(REASONS[reason]).toMatch(/^[A-Z].+[.?]$/)
  })

  test('finds cookies without a prefix, with another name, and below a path', async () => {
    for (const [cookie, origin, args] of [
      [{}, 'http://localhost:3000', []],
      [{ name: 'shop' }, 'https://shop.example', ['--name', 'shop']],
      [{ path: '/a' }, 'https://shop.example', ['--path=/a']],
      [{ domain: 'shop.example' }, 'https://shop.example', ['--domain', 'shop.example']],
    ] as const) {
      const shop = new Shop({ cookie })
      const visitor = new Visitor(shop.clock, origin)
      const session = await shop.sessions.open(visitor.request('/a'))
      session.data['hits'] = 1
      visitor.take(await shop.sessions.commit(session, new Response()))
      const header = visitor.request('/a').headers.get('Cookie') ?? ''
      const { sessions } = await json(header, shop, args)
      expect(sessions.map(({ merged }) => merged?.data)).toEqual([{ hits: 1 }])
      if (args.length > 0) expect((await json(header, shop)).sessions).toEqual([])
    }
  })

  test('prints it for a person, older secrets and limits that are passed included', async () => {
    const shop = await busyShop()
    const late = await shop.begin()
    await shop.visit((session) => session.increment('hits'))
    late.session.increment('late')
    await late.end()
    const { out } = await run(
      ['inspect', '--secrets-in', 'MINE'],
      around({
        env: { MINE: `${OTHER_SECRET},${SECRET}` },
        now: shop.clock.read,
        readHeader: async () => `${shop.visitor.cookie}; pad=${'x'.repeat(9000)}`,
      }),
    )
    for (const text of ['TOO MUCH   8,192  nginx', 'fits      16,384  Node', 'base, 12 s old'])
      expect(out).toContain(text)
    for (const text of ['sealed with an older secret', 'of ada', '"theme": "dark"', 'parents'])
      expect(out).toContain(text)
    expect(out).toContain('2 parallel writes, merged')
    expect(out).not.toContain(SECRET)
  })

  test('says what is missing or wrong, and never a secret', async () => {
    const none = await run(['inspect'], around())
    expect(none).toMatchObject({ code: 2, error: expect.stringContaining('SESSION_SECRETS') })
    const short = await run(['inspect'], around({ env: { SESSION_SECRETS: 'too-short-S3cret' } }))
    expect(short).toMatchObject({ code: 2, error: expect.stringContaining('at least 32') })
    expect(short.error).not.toContain('S3cret')
    const nothing = await run(['inspect'], around({ env: { SESSION_SECRETS: SECRET } }))
    expect(nothing.out).toContain('No cookie here has the name of a session')
  })
})

describe('the Cookie header', () => {
  async function* parts(...texts: string[]) {
    for (const text of texts) yield new TextEncoder().encode(text)
  }

  test('is all of standard input', async () => {
    const asked: string[] = []
    expect(await readHeader(parts('a=1; ', 'b=2\n'), (text) => asked.push(text))).toBe('a=1; b=2')
    expect(asked).toEqual([])
  })

  test('is what is typed up to Enter in a terminal, raw and not shown, also beyond 4,096', async () => {
    const modes: boolean[] = []
    const asked: string[] = []
    const long = `a=${'x'.repeat(6000)}`
    const terminal = Object.assign(parts(long, '; b=3', '\u007f2\r', 'more'), {
      isTTY: true,
      setRawMode: (on: boolean) => {
        // Before anything is asked: what is pasted at once must not show either.
        if (on) expect(asked).toEqual([])
        return modes.push(on)
      },
    })
    expect(await readHeader(terminal, (text) => asked.push(text))).toBe(`${long}; b=2`)
    expect(modes).toEqual([true, false])
    expect(asked.join('')).not.toContain('xxx')
    const left = Object.assign(parts('a=1', '\u0003'), { isTTY: true, setRawMode: () => true })
    expect(await readHeader(left, () => {})).toBe('')
  })

  test('comes from a pipe into the real command', async () => {
    const shop = new Shop({ clock: Date.now })
    await shop.visit((session) => session.increment('hits'))
    const entry = new URL('../../src/cli/main.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [entry, 'inspect', '--json'], {
      env: { SESSION_SECRETS: SECRET },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.end(
      shop.visitor.jar
        .cookies(shop.visitor.origin)
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),
    )
    let out = ''
    for await (const part of child.stdout) out += part
    if (child.exitCode === null) await once(child, 'exit')
    expect(JSON.parse(out)).toMatchObject({ sessions: [{ merged: { data: { hits: 1 } } }] })
  })
})
