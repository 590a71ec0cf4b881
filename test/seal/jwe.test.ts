import fc from 'fast-check'
import { compactDecrypt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { sealedLength } from '../../src/log/format/length.ts'
import { openText, sealText } from '../../src/seal/jwe.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { OTHER_SECRET, SECRET, START } from '../support/visitor.ts'

const keyring = new Keyring([SECRET], scopeOf('__Host-session'), 43_200)

describe('sealText', () => {
  test('makes a JWE that any JOSE library can read', async () => {
    const token = await sealText('{"hello":"wörld"}', keyring, START)
    const { kid, key } = await keyring.sealing(START)
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'dir', enc: 'A256GCM', kid })
    const { plaintext } = await compactDecrypt(token, key)
    expect(new TextDecoder().decode(plaintext)).toBe('{"hello":"wörld"}')
  })

  test('takes as many characters as it says, and comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
        const token = await sealText(text, keyring, START)
        const { kid } = await keyring.sealing(START)
        expect(token).toHaveLength(sealedLength(new TextEncoder().encode(text).length))
        expect(await openText(token, keyring, START)).toEqual({
          ok: true,
          text,
          kid,
          newestSecret: true,
          sealedBefore: expect.any(Number),
        })
      }),
      { numRuns: 50 },
    )
  })

  test('never makes the same token twice', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 100 }, () => sealText('x', keyring, START)),
    )
    expect(new Set(tokens.map((token) => token.split('.')[2])).size).toBe(100)
  })
})

describe('openText', () => {
  test('never throws and never opens what was not sealed, whatever it is', async () => {
    const token = await sealText('{"a":1}', keyring, START)
    const cut = fc.nat(token.length).map((at) => token.slice(0, at))
    const mixed = fc
      .array(fc.constantFrom(...token.split('.'), '', 'e30', '....'), { maxLength: 7 })
      .map((parts) => parts.join('.'))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), cut, mixed), async (text) => {
        if (text === token) return
        expect((await openText(text, keyring, START)).ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('refuses a token in which any one character is another one', async () => {
    // Ciphertexts that end in two, three and four characters.
    const texts = ['{"a":1}', '{"a":12}', '{"a":123}']
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const opened: string[] = []
    for (const text of texts) {
      const token = await sealText(text, keyring, START)
      for (let i = 0; i < token.length; i++) {
        const at = alphabet.indexOf(token[i] ?? '')
        for (let bits = 1; bits < (at < 0 ? 2 : 64); bits++) {
          const other = at < 0 ? 'A' : alphabet[at ^ bits]
          const changed = `${token.slice(0, i)}${other}${token.slice(i + 1)}`
          if ((await openText(changed, keyring, START)).ok) opened.push(changed)
        }
      }
    }
    expect(opened).toEqual([])
  })

  test('opens a token that is written another way only as the same text', async () => {
    const token = await sealText('{"a":1}', keyring, START)
    for (const other of [`${token}=`, ` ${token}`, `${token}\n`, token.replace('..', '.AA.')])
      expect(await openText(other, keyring, START)).toMatchObject({ ok: false })
  })

  test('takes nothing from another secret or another name', async () => {
    const token = await sealText('x', keyring, START)
    const sealedBefore = (Math.floor(START / 3_600_000) + 1) * 3_600_000
    const others = [
      [
        new Keyring([OTHER_SECRET], scopeOf('__Host-session'), 43_200),
        { reason: 'unknown-key', sealedBefore },
      ],
      [new Keyring([SECRET], scopeOf('__Host-other'), 43_200), { reason: 'tampered' }],
    ] as const
    for (const [other, rejected] of others)
      expect(await openText(token, other, START)).toEqual({ ok: false, ...rejected })
  })

  test('refuses what is no UTF-8', async () => {
    const { CompactEncrypt } = await import('jose')
    const { kid, key } = await keyring.sealing(START)
    const token = await new CompactEncrypt(new Uint8Array([0xff, 0xfe]))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
      .encrypt(key)
    expect(await openText(token, keyring, START)).toEqual({ ok: false, reason: 'invalid' })
  })
})
