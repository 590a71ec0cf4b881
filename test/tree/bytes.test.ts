import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase64Url, toBase64Url, utf8Length } from '../../src/tree/bytes.ts'
import { often } from '../support/arbitraries.ts'

describe('base64url', () => {
  // RFC 4648 §10, without padding, and the two characters that differ from base64.
  test.each([
    ['', ''],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
    ['\u00fb\u00ff\u00fe', '-__-'],
  ])('of the bytes %j is %j', (binary, text) => {
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
    expect(toBase64Url(bytes)).toBe(text)
    expect(fromBase64Url(text)).toEqual(bytes)
  })

  test('gives all bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = toBase64Url(bytes)
        expect(text).toMatch(/^[\w-]*$/)
        expect(fromBase64Url(text)).toEqual(bytes)
      }),
      often(1000),
    )
  })

  test.each([
    ['a length that no bytes have', 'A'],
    ['the same, longer', 'AAAAA'],
    ['padding', 'Zg=='],
    ['the alphabet of base64', '+/+/'],
    ['a blank', 'Zm 9v'],
    ['a line break at the end', 'Zm9v\n'],
    ['a letter that only looks like one', 'Zm9\u0475'],
    ['a dot', 'Zm9v.Zm9v'],
  ])('is refused with %s', (_what, text) => {
    expect(fromBase64Url(text)).toBeUndefined()
  })
})

describe('the length in UTF-8', () => {
  test.each([
    '',
    'a',
    '\u007f',
    '\u0080',
    '\u07ff',
    '\u0800',
    '\uffff',
    '😀',
    '\ud800',
    '\udc00',
    '\udc00\ud800',
    '\ud800a',
    '\ud800😀',
  ])('of %j is what TextEncoder says', (text) => {
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
  })

  test('of any text is what TextEncoder says', () => {
    const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code))
    const surrogates = fc
      .integer({ min: 0xd7ff, max: 0xe000 })
      .map((code) => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(unit, surrogates) }), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
      }),
      often(1000),
    )
  })
})
