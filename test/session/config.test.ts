import { describe, expect, test } from 'vitest'
import { session } from '../../src/hono.ts'
import { ConfigError, createSessions } from '../../src/index.ts'
import { OTHER_SECRET, SECRET } from '../support/visitor.ts'

const SHORT = 'only-31-bytes-of-a-secret-12345'
const WEAK = 'abcabcabcabcabcabcabcabcabcabcabcabc'

/** Options that are wrong, with what the error says. JavaScript does not check types. */
const wrong: readonly (readonly [what: string, options: unknown, says: string])[] = [
  ['no options', undefined, 'options are missing'],
  ['no secret', {}, 'secrets is missing'],
  ['an undefined secret, as of an unset variable', { secrets: undefined }, 'secrets is missing'],
  ['an empty secret', { secrets: '' }, 'secrets is missing'],
  ['an empty list of secrets', { secrets: [] }, 'empty list'],
  ['a secret that is no text', { secrets: 7 }, 'must be a string or a list of strings'],
  ['a list with something else', { secrets: [SECRET, 7] }, 'must be a string or a list of strings'],
  ['a short secret', { secrets: SHORT }, 'has 31 bytes, at least 32 are needed'],
  ['a short second secret', { secrets: [SECRET, SHORT] }, 'Secret 2 of 2 has 31 bytes'],
  ['a comma too many', { secrets: `${SECRET},` }, 'Secret 2 of 2 has 0 bytes'],
  ['a secret that can be guessed', { secrets: WEAK }, 'repeats a few characters'],
  [
    'a secret given twice',
    { secrets: [SECRET, OTHER_SECRET, SECRET] },
    'Secret 3 of 3 is there twice',
  ],
  ['a placeholder', { secrets: 'replace-me-with-0123456789abcdef' }, 'is the placeholder'],
  ['a promise', Promise.resolve({ secrets: SECRET }), 'options are a promise'],
  ['a mistyped option', { absoluteTimout: 5 }, 'There is no option absoluteTimout. There are: sec'],
  ['a mistyped option of the cookie', { cookie: { httpOnly: true } }, 'no option cookie.httpOnly'],
  ['milliseconds', { idleTimeout: 1_800_000 }, 'idleTimeout (1800000 s) is longer than absolute'],
  ['one transient key', { transient: 'abc' }, 'transient must be a list of keys'],
  ['a transient key that is no text', { transient: [5] }, 'transient must be a list of keys'],
  ['a migrate that is a number', { version: 2, migrate: 5 }, 'migrate must be a function, or'],
  ['a migrate that is null', { version: 2, migrate: null }, 'migrate must be a function, or'],
  ['a schema that is null', { schema: null }, 'schema must be a Standard Schema'],
  ['an empty name', { cookie: { name: '' } }, 'cookie.name must be'],
  ['a name with a dot', { cookie: { name: 'a.b' } }, 'cookie.name must be'],
  ['a name with a space', { cookie: { name: 'a b' } }, 'cookie.name must be'],
  ['a name with "="', { cookie: { name: 'a=b' } }, 'cookie.name must be'],
  ['a name with an umlaut', { cookie: { name: 'sitzung-ä' } }, 'cookie.name must be'],
  ['a long name', { cookie: { name: 'a'.repeat(65) } }, 'cookie.name must be'],
  ['a name with a prefix', { cookie: { name: '__Host-session' } }, 'must not have a prefix'],
  [
    'a name with a prefix in lower case',
    { cookie: { name: '__secure-s' } },
    'must not have a prefix',
  ],
  ['a path without a slash', { cookie: { path: 'admin' } }, 'cookie.path must begin with "/"'],
  ['a path with an attribute', { cookie: { path: '/; Domain=x' } }, 'cookie.path must begin'],
  [
    'a domain with an attribute',
    { cookie: { domain: 'x.example; Secure' } },
    'cookie.domain must be',
  ],
  ['a domain with a dot first', { cookie: { domain: '.x.example' } }, 'cookie.domain must be'],
  [
    'a domain that is an address',
    { cookie: { domain: 'https://x.example' } },
    'cookie.domain must be',
  ],
  ['sameSite in lower case', { cookie: { sameSite: 'lax' } }, "'Strict', 'Lax' or 'None'"],
  [
    'sameSite None without Secure',
    { cookie: { sameSite: 'None', secure: false } },
    "'None' needs Secure",
  ],
  [
    'partitioned without Secure',
    { cookie: { partitioned: true, secure: false } },
    'partitioned needs Secure',
  ],
  ['a strange secure', { cookie: { secure: 'yes' } }, "cookie.secure must be 'auto'"],
  ['a cookie that is no object', { cookie: 'session' }, 'cookie must be an object'],
  ['a cookie that is null', { cookie: null }, 'cookie must be an object'],
  ...['idleTimeout', 'absoluteTimeout', 'overflowTimeout', 'maxSessionBytes'].flatMap((name) =>
    [0, -1, 1.5, Number.NaN, Infinity, '60'].map(
      (value) =>
        [`${name}: ${value}`, { [name]: value }, `${name} must be a whole number`] as const,
    ),
  ),
  ['an absoluteTimeout over 400 days', { absoluteTimeout: 34_560_001 }, 'between 1 and 34560000'],
  ['a store that is none', { overflow: {} }, 'overflow must be a store'],
  ['a strange overflowLoad', { overflowLoad: 'never' }, "must be 'eager' or 'lazy'"],
  ['a cacheControl with a line break', { cacheControl: 'private\r\nX: y' }, 'cacheControl must be'],
  ['an empty cacheControl', { cacheControl: '' }, 'cacheControl must be'],
  ['an initial that is no function', { initial: {} }, 'initial must be a function'],
  ['an onEvent that is no function', { onEvent: 'log' }, 'onEvent must be a function'],
  ['a clock that is no function', { clock: 7 }, 'clock must be a function'],
]

describe('wrong options throw at once, with a sentence that says what to change:', () => {
  for (const [what, options, says] of wrong) {
    test(what, () => {
      const given =
        typeof options === 'object' && !(options instanceof Promise)
          ? { secrets: SECRET, ...options }
          : options
      for (const start of [createSessions, session]) {
        let error: unknown
        try {
          Reflect.apply(start, undefined, [what === 'no secret' ? {} : given])
        } catch (thrown) {
          error = thrown
        }
        expect(error).toBeInstanceOf(ConfigError)
        expect(error).toMatchObject({ code: 'ERR_CONFIG', name: 'ConfigError' })
        const text = String(error)
        expect(text).toContain(says)
        expect(text).not.toContain('\n')
        for (const secret of [SECRET, OTHER_SECRET, SHORT, WEAK]) expect(text).not.toContain(secret)
      }
    })
  }
})

describe('right options are taken:', () => {
  for (const [what, options] of Object.entries({
    'the shortest secret': { secrets: 'just-32-bytes-of-a-secret-123456' },
    '32 hexadecimal characters': { secrets: '9f86d081884c7d659a2feaa0c55ad015' },
    'a secret of 32 bytes in fewer characters': { secrets: 'äöüßÄÖÜéèêñçøåæœ' },
    'the longest name': { cookie: { name: 'a'.repeat(64) } },
    'None over https': { cookie: { sameSite: 'None', partitioned: true } },
    'a short absolute timeout, under the default of the idle one': { absoluteTimeout: 60 },
    'the longest time': { absoluteTimeout: 34_560_000, idleTimeout: 34_560_000 },
  } as const)) {
    test(what, () => {
      expect(() => createSessions({ secrets: SECRET, ...options })).not.toThrow()
    })
  }
})

test('an onEvent that throws does not decide whether a request succeeds', async () => {
  const sessions = createSessions({
    secrets: SECRET,
    onEvent: () => {
      throw new Error('of the listener')
    },
  })
  const opened = await sessions.open(new Request('https://shop.example/'))
  opened.data['a'] = 1
  const response = await sessions.commit(opened, new Response('ok'))
  expect(response.headers.getSetCookie()).toHaveLength(1)
})
