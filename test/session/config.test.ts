import { describe, expect, test } from 'vitest'
import { session } from '../../src/hono.ts'
import { ConfigError, createSessions } from '../../src/index.ts'
import { OTHER_SECRET, SECRET } from '../support/visitor.ts'

const SHORT = 'only-31-bytes-of-a-secret-12345'
const WEAK = 'abcabcabcabcabcabcabcabcabcabcabcabc'

/** Options that are wrong, with a word that the error must have: the option, or the remedy. JavaScript does not check types. */
const wrong: readonly (readonly [what: string, options: unknown, names: string])[] = [
  ['no options', undefined, 'options'],
  ['no secret', {}, 'secrets'],
  ['an undefined secret, as of an unset variable', { secrets: undefined }, 'secrets'],
  ['an empty secret', { secrets: '' }, 'secrets'],
  ['an empty list of secrets', { secrets: [] }, 'secrets'],
  ['a secret that is no text', { secrets: 7 }, 'secrets'],
  ['a list with something else', { secrets: [SECRET, 7] }, 'secrets'],
  ['a short secret', { secrets: SHORT }, '32'],
  ['a short second secret', { secrets: [SECRET, SHORT] }, 'Secret 2 of 2'],
  ['a comma too many', { secrets: `${SECRET},` }, 'Secret 2 of 2'],
  ['a secret that can be guessed', { secrets: WEAK }, 'carryon secret'],
  ['a secret given twice', { secrets: [SECRET, OTHER_SECRET, SECRET] }, 'Secret 3 of 3'],
  ['a placeholder', { secrets: 'replace-me-with-0123456789abcdef' }, 'carryon secret'],
  ['a promise', Promise.resolve({ secrets: SECRET }), 'Await it'],
  ['a mistyped option', { absoluteTimout: 5 }, 'absoluteTimeout'],
  ['a mistyped option of the cookie', { cookie: { httpOnly: true } }, 'cookie.sameSite'],
  ['milliseconds', { idleTimeout: 1_800_000 }, 'seconds'],
  ['one transient key', { transient: 'abc' }, 'transient'],
  ['a transient key that is no text', { transient: [5] }, 'transient'],
  ['a migrate that is a number', { version: 2, migrate: 5 }, 'migrate'],
  ['a migrate that is null', { version: 2, migrate: null }, 'migrate'],
  ['a migrate that is a Map', { version: 2, migrate: new Map([[1, () => ({})]]) }, 'migrate must'],
  ['a step with a zero first', { version: 2, migrate: { '01': () => ({}) } }, 'step from 01'],
  ['a cookie that is a list', { cookie: [] }, 'cookie must'],
  ['a schema that is null', { schema: null }, 'schema'],
  ['an empty name', { cookie: { name: '' } }, 'cookie.name'],
  ['a name with a dot', { cookie: { name: 'a.b' } }, 'cookie.name'],
  ['a name with a space', { cookie: { name: 'a b' } }, 'cookie.name'],
  ['a name with "="', { cookie: { name: 'a=b' } }, 'cookie.name'],
  ['a name with an umlaut', { cookie: { name: 'sitzung-ä' } }, 'cookie.name'],
  ['a long name', { cookie: { name: 'a'.repeat(65) } }, 'cookie.name'],
  ['a name with a prefix', { cookie: { name: '__Host-session' } }, '__Host-'],
  ['a name with a prefix in lower case', { cookie: { name: '__secure-s' } }, '__Host-'],
  ['a path without a slash', { cookie: { path: 'admin' } }, 'cookie.path'],
  ['a path with an attribute', { cookie: { path: '/; Domain=x' } }, 'cookie.path'],
  ['a domain with an attribute', { cookie: { domain: 'x.example; Secure' } }, 'cookie.domain'],
  ['a domain with a dot first', { cookie: { domain: '.x.example' } }, 'cookie.domain'],
  ['a domain that is an address', { cookie: { domain: 'https://x.example' } }, 'cookie.domain'],
  ['sameSite in lower case', { cookie: { sameSite: 'lax' } }, "'Lax'"],
  [
    'sameSite None without Secure',
    { cookie: { sameSite: 'None', secure: false } },
    'cookie.sameSite',
  ],
  [
    'partitioned without Secure',
    { cookie: { partitioned: true, secure: false } },
    'cookie.partitioned',
  ],
  ['a strange secure', { cookie: { secure: 'yes' } }, 'cookie.secure'],
  ['a cookie that is no object', { cookie: 'session' }, 'cookie'],
  ['a cookie that is null', { cookie: null }, 'cookie'],
  ...['idleTimeout', 'absoluteTimeout', 'overflowTimeout', 'maxSessionBytes'].flatMap((name) =>
    [0, -1, 1.5, Number.NaN, Infinity, '60'].map(
      (value) => [`${name}: ${value}`, { [name]: value }, name] as const,
    ),
  ),
  ['an absoluteTimeout over 400 days', { absoluteTimeout: 34_560_001 }, '34560000'],
  ['an overflowTimeout longer than a timer can be', { overflowTimeout: 2_147_484 }, '2147483'],
  ['a store that is none', { overflow: {} }, 'memoryStore()'],
  ['a strange overflowLoad', { overflowLoad: 'never' }, 'overflowLoad'],
  ['a cacheControl with a line break', { cacheControl: 'private\r\nX: y' }, 'cacheControl'],
  ['an empty cacheControl', { cacheControl: '' }, 'cacheControl'],
  ['an initial that is no function', { initial: {} }, 'initial'],
  ['an onEvent that is no function', { onEvent: 'log' }, 'onEvent'],
  ['a clock that is no function', { clock: 7 }, 'clock'],
]

describe('wrong options throw at once, with a sentence that says what to change:', () => {
  for (const [what, options, names] of wrong) {
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
        expect(text).toContain(names)
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

describe('options are checked wherever they come from', () => {
  class Computed {
    readonly secrets = SECRET
    get cacheControl(): string {
      return 'a\r\nb'
    }
  }
  test.each([
    ['inherited', Object.assign(Object.create({ idleTimeout: 'abc' }), { secrets: SECRET })],
    ['computed by a class', new Computed()],
  ])('%s', (_, options) => {
    expect(() => createSessions(options)).toThrow(ConfigError)
  })
})

test('a secret in the place of an option is not in the error', () => {
  expect(() =>
    Reflect.apply(createSessions, undefined, [{ secrets: SECRET, [OTHER_SECRET]: 1 }]),
  ).toThrow(/^Unknown option\. Valid options: secrets, /)
})

test.each([{}, { variable: '' }, null, 5])(
  'a placement that is wrong throws at start (%o)',
  (placement) => {
    expect(() => Reflect.apply(session, undefined, [{ secrets: SECRET }, placement])).toThrow(
      'placement.variable',
    )
  },
)
