import fc from 'fast-check'
import { CompactEncrypt } from 'jose'
import { describe, expect, test } from 'vitest'
import { openText, sealText } from '../../src/seal/jwe.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { syncAes } from '../../src/seal/sync-aes.ts'
import { SECRET, START } from '../support/visitor.ts'

/** A keyring as runtimes have it that cannot encrypt without a promise. */
class WebKeyring extends Keyring {
  override async sealing(now: number) {
    return { ...(await super.sealing(now)), sync: undefined }
  }

  override async opening(kid: string, now: number) {
    const lookup = await super.opening(kid, now)
    return lookup.ok ? { ...lookup, sync: undefined } : lookup
  }
}

const own = new Keyring([SECRET], scopeOf('__Host-session'), 43_200)
const web = new WebKeyring([SECRET], scopeOf('__Host-session'), 43_200)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const seen = (opened: Awaited<ReturnType<typeof openText>>): string =>
  opened.ok ? `text ${opened.text}` : opened.reason

/** Opens a token both ways, and expects the same of both. */
async function openedBothWays(token: string): Promise<string> {
  const [one, other] = [await openText(token, own, START), await openText(token, web, START)]
  expect(one, token).toEqual(other)
  return seen(one)
}

describe('the two ways to encrypt, of node:crypto and of jose', () => {
  test('are both there on Node, and only the second one in a Worker', () => {
    const isWorker = globalThis.navigator?.userAgent === 'Cloudflare-Workers'
    expect(syncAes === undefined).toBe(isWorker)
  })

  test('open what the other one sealed, and what both would not open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        const wellFormed = new TextDecoder().decode(new TextEncoder().encode(text))
        for (const keyring of [own, web])
          expect(await openedBothWays(await sealText(text, keyring, START))).toBe(
            `text ${wellFormed}`,
          )
      }),
      { numRuns: 100 },
    )
  })

  test.each(['', 'a', 'ab', 'abc'])(
    'refuse %j alike where one character of its token is another one, or is missing',
    async (text) => {
      const token = await sealText(text, own, START)
      const reasons = new Set<string>()
      for (let i = 0; i < token.length; i++) {
        const at = ALPHABET.indexOf(token[i] ?? '')
        const others = [1, 2, 4, 8, 16, 32].map((bit) => ALPHABET[at < 0 ? bit : at ^ bit])
        for (const other of [...others, '', '=', '+', 'é'])
          reasons.add(await openedBothWays(`${token.slice(0, i)}${other}${token.slice(i + 1)}`))
      }
      // The lowest bits of a part's last character say nothing, so that the text opens all the same.
      const expected = ['malformed', 'unsupported', 'tampered', 'unknown-key', 'key-window']
      expect(
        [...reasons].filter((reason) => ![`text ${text}`, ...expected].includes(reason)),
      ).toEqual([])
      expect(reasons).toContain('tampered')
    },
  )

  test('refuse alike what has another shape, and what is no UTF-8', async () => {
    const [header, , iv, , tag] = (await sealText('x', own, START)).split('.')
    for (const ciphertext of ['', 'A', 'AA', 'AAA', 'AAAA', 'AAAAA', 'A=', 'A A'])
      expect(await openedBothWays([header, '', iv, ciphertext, tag].join('.'))).not.toContain(
        'text',
      )
    const { kid, key } = await own.sealing(START)
    const bytes = await new CompactEncrypt(new Uint8Array([0xff, 0xfe]))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
      .encrypt(key)
    expect(await openedBothWays(bytes)).toBe('invalid')
  })
})
