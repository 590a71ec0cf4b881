import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { MIN_SECRET_BYTES, parseSecrets } from '../../src/seal/secrets.ts'
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
