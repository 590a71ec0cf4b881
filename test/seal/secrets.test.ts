import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { MIN_SECRET_BYTES, parseSecrets } from '../../src/seal/secrets.ts'
import { seeded } from '../support/random.ts'
import { OTHER_SECRET, SECRET } from '../support/visitor.ts'

describe('parseSecrets', () => {
  test('takes one secret, a list, and text with commas', () => {
    expect(parseSecrets(SECRET)).toEqual([SECRET])
    expect(parseSecrets([SECRET, OTHER_SECRET])).toEqual([SECRET, OTHER_SECRET])
    expect(parseSecrets(`${SECRET},${OTHER_SECRET}`)).toEqual([SECRET, OTHER_SECRET])
    expect(parseSecrets(` ${SECRET} ,\n${OTHER_SECRET}\n`)).toEqual([SECRET, OTHER_SECRET])
  })

  test('counts bytes, not characters', () => {
    const text = 'äöüßÄÖÜéèêñçøåæœ'
    expect([text.length, parseSecrets(text)]).toEqual([MIN_SECRET_BYTES / 2, [text]])
  })

  test('takes every secret that is random enough, and refuses every shorter one', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(bytes, (random) => {
        const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
        if (new Set(random).size > 20) expect(parseSecrets(hex)).toEqual([hex])
        expect(() => parseSecrets(hex.slice(0, 31))).toThrow(ConfigError)
      }),
    )
  })
})

test('what is missing, no text, too short or there twice is refused by a sentence that says so', () => {
  for (const none of [undefined, null, '']) expect(refusalOf(none)).toContain('secrets is missing')
  expect(refusalOf([])).toContain('at least one secret')
  for (const wrong of [5, {}, [SECRET, 5], [undefined], [[SECRET]]])
    expect(refusalOf(wrong)).toContain('must be a string or a list of strings')
  const short = SECRET.slice(0, 31)
  expect(refusalOf(short)).toContain('The secret has 31 bytes, at least 32 are needed')
  expect(refusalOf([SECRET, short])).toContain('Secret 2 of 2 has 31 bytes')
  expect(refusalOf(`${SECRET},,`)).toContain('Secret 2 of 3 has 0 bytes')
  expect(refusalOf([SECRET, OTHER_SECRET, SECRET])).toContain('Secret 3 of 3 is there twice')
  for (const text of ['', short]) expect(refusalOf(text)).toContain('npx carryon secret')
})

/** What somebody gets who passes such a secret. */
function refusalOf(option: unknown): string {
  try {
    parseSecrets(option)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    const text = String(error)
    for (const part of [option].flat())
      if (String(part).length > 12) expect(text).not.toContain(String(part).slice(1, 12))
    return text
  }
  return 'taken'
}

describe('a secret is refused, with a sentence that does not quote it,', () => {
  test.each([
    ['a list in JSON', JSON.stringify([SECRET, OTHER_SECRET])],
    ['a list in JSON with one', JSON.stringify([SECRET])],
    ['a list in JSON over several lines', JSON.stringify([SECRET, OTHER_SECRET], null, 2)],
    ['a list in JSON inside of a list', [SECRET, JSON.stringify([OTHER_SECRET])]],
    ['an object in JSON', JSON.stringify({ secret: SECRET })],
    ['a list with single quotes', `['${SECRET}', '${OTHER_SECRET}']`],
  ])('that is %s', (_what, option) => {
    expect(refusalOf(option)).toContain('looks like JSON')
  })

  test.each([
    `"${SECRET}"`,
    `'${SECRET}'`,
    `\`${SECRET}\``,
    `“${SECRET}”`,
    `"${SECRET}","${OTHER_SECRET}"`,
    `"${SECRET},${OTHER_SECRET}"`,
    `${SECRET},'${OTHER_SECRET}'`,
    [`"${SECRET}"`],
  ])('that has quotes: %#', (option) => {
    expect(refusalOf(option)).toContain('quotes')
  })

  test.each([
    `${SECRET}\n${OTHER_SECRET}`,
    `${SECRET} ${OTHER_SECRET}`,
    `${SECRET}\t${OTHER_SECRET}`,
    `${SECRET.slice(0, 20)}\r\n${SECRET.slice(20)}`,
    `${SECRET.slice(0, 20)}\u00a0${SECRET.slice(20)}`,
    `${SECRET.slice(0, 20)}\u200b${SECRET.slice(20)}`,
    [SECRET, `${OTHER_SECRET} x`],
  ])('that has white space inside: %#', (option) => {
    expect(refusalOf(option)).toContain('white space inside')
  })

  // Of the documentation of iron-session, hono-sessions, nuxt-auth-utils, h3, jwt.io, and of many an example.
  test.each([
    'complex_password_at_least_32_characters_long',
    'password_at_least_32_characters_long',
    'password-with-at-least-32-characters',
    '80d42cfb-1cd2-462c-8f17-e3237d9027e9',
    'a-string-secret-at-least-256-bits-long',
    'a-very-long-secret-key-that-is-at-least-32-characters-long',
    'your-super-secret-key-change-in-production',
    'your_jwt_secret_key_please_change_this_0123',
    'change-me-in-production-please-123456789012',
    'CHANGE_THIS_TO_A_RANDOM_STRING_OF_32_CHARS',
    'this-is-an-example-secret-do-not-use-in-production',
    'MySuperSecretPasswordForSessions1234567890',
    'insert-your-secret-string-of-32-bytes-here',
    'keyboard-cat-keyboard-cat-keyboard-cat',
  ])('that is an example: %s', (option) => {
    expect(refusalOf(option)).toContain('carryon secret')
  })

  test.each([
    ['a run', 'abcdefghijklmnopqrstuvwxyz012345'],
    ['a run with capitals', 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
    ['a run backwards', 'ZYXWVUTSRQPONMLKJIHGFEDCBA987654'],
    ['the digits of base 16', '0123456789abcdef0123456789abcdef'],
    ['rows of a keyboard', 'qwertyuiopasdfghjklzxcvbnm123456'],
    ['rows of a German keyboard', 'qwertzuiopasdfghjklyxcvbnm098765'],
    ['a repeat', 'x7Kp2mQ9wLx7Kp2mQ9wLx7Kp2mQ9wLx7Kp2mQ9wL'],
    ['a word again and again', 's3cr3t-wOrd-s3cr3t-wOrd-s3cr3t-wOrd-'],
    ['one character, with an end', `${'a'.repeat(40)}Zq8vKxT3m`],
    ['two runs, one in the other', '1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p'],
    ['doubled characters', 'aabbccddeeffgghhiijjkkllmmnnooppqq'],
  ])('that is %s', (_what, option) => {
    expect(refusalOf(option)).toContain('can be guessed')
  })
})

test.each([
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  '1234567890',
])('of a secret, what runs along %s counts little, there and back', (row) => {
  const random = 'Zq8vKxT3mW'
  const back = Array.from(row).reverse().join('')
  // Ten characters are free, and each run and the repeat count as one more: that is one too few.
  expect(refusalOf(`${row}${random}${back}${random}`)).toContain('can be guessed')
  expect(refusalOf(`${row}${random}${back}${random}N`)).toBe('taken')
})

test('words of examples beside what is random do no harm', () => {
  for (const secret of [
    'super-secret-4f9a8c7b2d1e6f3a5b8c9d0e1f2a3b4c',
    'change-me-Zq8vKxT3mWn5rYb2LcJd7HfGpS9uEa41',
    'abcdefgh-Zq8vKxT3mWn5rYb2LcJd7HfGpS9uEa41',
    'Zq8vKxT3mWn5rYb2]LcJd7HfGpS9uEa41[x"y',
    '[Zq8vKxT3mW]n5rYb2LcJd7HfGpS9uEa41',
    'Zq8vKxT3mWn5rYb2{LcJd7HfGpS9uEa41}',
  ])
    expect(parseSecrets(secret)).toEqual([secret])
})

test('nine different characters are too few, however they are mixed, and ten are enough', () => {
  const random = seeded(5)
  const mixed = (count: number) =>
    Array.from({ length: 60 }, () => 'k3Zp8Wd5Xr'.charAt(random.below(count))).join('')
  for (let i = 0; i < 30; i++) {
    expect(refusalOf(mixed(9))).toContain('can be guessed')
    // By chance it may lack one.
    const ten = mixed(10)
    expect(refusalOf(ten) === 'taken').toBe(new Set(ten).size === 10)
  }
})

test('every secret of 32 random characters is taken, of whatever alphabet', () => {
  const alphabets = [
    '0123456789abcdef',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
    'abcdefghijklmnopqrstuvwxyz',
  ]
  for (const alphabet of alphabets) {
    const letter = fc.constantFrom(...alphabet)
    fc.assert(
      fc.property(fc.array(letter, { minLength: 32, maxLength: 64 }), (letters) => {
        // Small examples of fast-check repeat one letter; what is random does not.
        fc.pre(new Set(letters).size >= 12)
        expect(parseSecrets(letters.join(''))).toEqual([letters.join('')])
      }),
      { numRuns: 300 },
    )
  }
})
