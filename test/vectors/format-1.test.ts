/** Every example cookie of format 1 opens for ever, and docs/wire-format.md is enough to open it. */
import { describe, expect, it } from 'vitest'
import { found } from './library.ts'
import { dataKey, dataOf } from './reader/data.ts'
import type { Json } from './reader/json.ts'
import { base64url, hkdf, parse, type ReadOptions, unseal } from './reader/keys.ts'
import { ownCookies, read } from './reader/session.ts'
import { canonical as canonicalText, digest, LETTERS } from './reader/values.ts'
import { canonical, shown } from './shown.ts'
import type { Vector } from './vector.ts'

const files = Object.entries(
  import.meta.glob('./format-1/*.json', { query: '?raw', import: 'default', eager: true }),
).map(([file, text]): [string, readonly Vector[]] => [file, JSON.parse(text)])
const [spec = ''] = Object.values(
  import.meta.glob('../../docs/wire-format.md', { query: '?raw', import: 'default', eager: true }),
)

function optionsOf(vector: Vector): ReadOptions {
  const { secrets, cookieName: name, prefix, domain, audience, now, ...limits } = vector
  const { absoluteTimeout, idleTimeout = Math.min(1800, absoluteTimeout) } = limits
  const { maxIdleTimeout = idleTimeout, maxAbsoluteTimeout = absoluteTimeout } = limits
  const timeouts = { idle: idleTimeout * 1000, absolute: absoluteTimeout * 1000 }
  const maxima = { maxIdle: maxIdleTimeout * 1000, maxAbsolute: maxAbsoluteTimeout * 1000 }
  return { secrets, name, prefix, domain, audience, now, ...timeouts, ...maxima }
}

describe.each(files)('%s', (_, vectors) => {
  it.each(vectors)('the library reads: $name', async (vector) => {
    expect(canonical(await found(vector))).toBe(canonical(vector.expected))
  })

  it.each(vectors)('a reader made from the page alone reads: $name', async (vector) => {
    const options = optionsOf(vector)
    const session = await read(vector.cookieHeader, options, vector.store)
    if (!session) {
      expect(vector.expected.session).toBeNull()
      return
    }
    const { sid, subject, began, expires, state } = session
    const { data, flashed, version } = dataOf(state)
    const found = {
      sid,
      subject: subject ?? null,
      startedAt: began,
      expiresAt: expires,
      state,
      data: shown(data),
      flashed: shown(flashed),
      version,
      missing: session.missing.flatMap((key) => dataKey(key) ?? []).sort(),
    }
    expect(canonical(found)).toBe(canonical(vector.expected.session))
  })

  it.each(vectors)('the tokens say what is written beside them: $name', async (vector) => {
    const { cookieHeader, prefix, cookieName } = vector
    const tokens = ownCookies(cookieHeader, `${prefix}${cookieName}.`)
    expect(tokens.map(([id]) => id).sort()).toEqual(Object.keys(vector.claims).sort())
    for (const [id, token] of tokens) {
      const said = parse(await unseal(token, optionsOf(vector))) ?? null
      expect(canonical(said)).toBe(canonical(vector.claims[id]))
    }
  })
})

describe('docs/wire-format.md', () => {
  const lettersOf = (h: number) => [0, 6, 12, 18].map((at) => LETTERS[(h >>> at) & 63]).join('')
  const row = (label: string) =>
    new RegExp(`^\\| ${label} \\| \`(.*)\` \\|$`, 'm').exec(spec)?.[1] ?? expect.fail(label)
  const hex = (bytes: Uint8Array) =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

  it('has a worked example that is right', async () => {
    const secretId = await hkdf(row('secret'), 'carryon/1 kid')
    expect(row('HKDF of `carryon/1 kid`')).toBe(hex(secretId))
    expect(row('… in base64url')).toBe(base64url(secretId))
    expect(row('kid')).toBe(`${base64url(secretId).slice(0, 4)}.apsw`)
    const key = await hkdf(row('secret'), row('info of the epoch key'))
    expect(row('epoch key')).toBe(hex(key))
    expect(row('… as the `k` of a JWK')).toBe(base64url(key))
    expect(Math.floor(1_800_001_234_567 / 3_600_000).toString(36)).toBe('apsw')
  })

  it('has a worked example of a name', () => {
    const element: Json = JSON.parse(row('element'))
    expect(row('canonical text')).toBe(canonicalText(element))
    expect(row('digest')).toBe(digest(element))
    expect(row('digest')).toBe(lettersOf(Number.parseInt(row('h'), 16)))
    expect(row('name at index 10')).toBe(`${digest(element)}${(10).toString(36)}`)
    expect(row('… of three that are equal')).toBe(`${row('name at index 10')}.3`)
  })

  it('is not longer than it has to be', () => {
    expect(files.length).toBeGreaterThan(9)
    expect(spec.length).toBeLessThan(43_500)
  })
})
