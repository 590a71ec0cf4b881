import { describe, expect, test, vi } from 'vitest'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { cryptoCalls } from '../support/crypto-calls.ts'
import { OTHER_SECRET, SECRET, START } from '../support/visitor.ts'

const HOUR = 3_600_000
const HALF_DAY = 43_200
const hourOf = (now: number): string => Math.floor(now / HOUR).toString(36)

/** What a key is, told by what it encrypts to. */
async function fingerprint(key: CryptoKey): Promise<string> {
  const iv = new Uint8Array(12)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(16))
  return new Uint8Array(sealed).join()
}

async function sealingKey(keyring: Keyring, now = START): Promise<string> {
  return fingerprint((await keyring.sealing(now)).key)
}

describe('a key', () => {
  test('is named by 4 characters of its secret and by its hour', async () => {
    const { kid } = await new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY).sealing(START)
    expect(kid).toMatch(/^[\w-]{4}\.[0-9a-z]{4}$/)
    expect(kid.split('.')[1]).toBe(hourOf(START))
    const other = await new Keyring([OTHER_SECRET], scopeOf('__Host-session'), HALF_DAY).sealing(
      START,
    )
    expect(other.kid.split('.')[0]).not.toBe(kid.split('.')[0])
  })

  test('is HKDF-SHA256 of the secret, as the wire format says', async () => {
    const material = await crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(SECRET),
      'HKDF',
      false,
      ['deriveKey'],
    )
    const info = new TextEncoder().encode(
      `carryon/1 ["${hourOf(START)}","__Host-session","/","",""]`,
    )
    const expected = await crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info },
      material,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt'],
    )
    const keyring = new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY)
    expect(await sealingKey(keyring)).toBe(await fingerprint(expected))
  })

  test('is another one for another prefix, path, domain and audience, whatever their texts are', async () => {
    const scopes = [
      scopeOf('__Host-session'),
      scopeOf('__Secure-session'),
      scopeOf('session'),
      scopeOf('__Secure-session', { path: '/admin' }),
      scopeOf('__Secure-session', { path: '/admin', audience: 'a.example' }),
      scopeOf('__Secure-session', { domain: 'a.example' }),
      scopeOf('__Secure-session', { domain: 'b.example' }),
      scopeOf('__Host-session', { audience: 'a.example' }),
      scopeOf('__Host-session', { audience: 'b.example' }),
      scopeOf('__Host-session', { audience: '","' }),
      scopeOf('__Host-session', { audience: '/' }),
    ]
    const keys = await Promise.all(
      scopes.map((scope) => sealingKey(new Keyring([SECRET], scope, HALF_DAY))),
    )
    expect(new Set(keys).size).toBe(scopes.length)
    // Browsers do not tell them apart (RFC 6265bis §5.1.3).
    const upper = scopeOf('__Secure-session', { domain: 'A.Example' })
    expect(await sealingKey(new Keyring([SECRET], upper, HALF_DAY))).toBe(keys[5])
  })

  test('is another one for another hour, another name and another secret', async () => {
    const keyring = new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY)
    const keys = [
      await sealingKey(keyring),
      await sealingKey(keyring, START + HOUR),
      await sealingKey(new Keyring([SECRET], scopeOf('__Host-other'), HALF_DAY)),
      await sealingKey(new Keyring([OTHER_SECRET], scopeOf('__Host-session'), HALF_DAY)),
    ]
    expect(new Set(keys).size).toBe(4)
    expect(await sealingKey(new Keyring([SECRET], scopeOf('__Host-session'), 60))).toBe(keys[0])
  })

  test('cannot be taken out of the runtime', async () => {
    const { key } = await new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY).sealing(START)
    expect(key).toMatchObject({ extractable: false, algorithm: { name: 'AES-GCM', length: 256 } })
  })

  test('is derived once, however often it is asked for, at once or later', async () => {
    const keyring = new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY)
    const { kid } = await keyring.sealing(START)
    const calls = await cryptoCalls(async () => {
      await Promise.all(Array.from({ length: 20 }, () => keyring.opening(kid, START)))
      await Promise.all(Array.from({ length: 20 }, () => keyring.sealing(START + HOUR)))
      await keyring.sealing(START + HOUR)
    })
    expect(calls).toEqual({ deriveBits: 1, importKey: 1 })
  })

  test('that could not be derived is derived anew when it is needed again', async () => {
    const keyring = new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY)
    await keyring.sealing(START - HOUR)
    const failing = vi
      .spyOn(crypto.subtle, 'deriveBits')
      .mockRejectedValueOnce(new DOMException('out of memory', 'OperationError'))
    try {
      await expect(keyring.sealing(START)).rejects.toThrow('out of memory')
      expect((await keyring.sealing(START)).key.algorithm.name).toBe('AES-GCM')
    } finally {
      failing.mockRestore()
    }
  })
})

test('a secret that could not be imported fails whoever seals or opens, and nothing else', async () => {
  const failing = vi
    .spyOn(crypto.subtle, 'importKey')
    .mockRejectedValueOnce(new DOMException('out of memory', 'OperationError'))
  try {
    const keyring = new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY)
    // Nobody waits for it yet: a rejection that nobody handles would end the process.
    await new Promise((resolve) => setTimeout(resolve))
    await expect(keyring.sealing(START)).rejects.toThrow('out of memory')
    await expect(keyring.opening(`AAAA.${hourOf(START)}`, START)).rejects.toThrow('out of memory')
  } finally {
    failing.mockRestore()
  }
})

test('a keyring without a secret seals nothing, and says so', async () => {
  const keyring = new Keyring([], scopeOf('__Host-session'), HALF_DAY)
  await expect(keyring.sealing(START)).rejects.toThrow('needs a secret')
})

describe('opening', () => {
  test('knows whether the newest secret sealed', async () => {
    const keyring = new Keyring([SECRET, OTHER_SECRET], scopeOf('__Host-session'), HALF_DAY)
    for (const [secret, current] of [
      [SECRET, true],
      [OTHER_SECRET, false],
    ] as const) {
      const { kid, key } = await new Keyring([secret], scopeOf('__Host-session'), HALF_DAY).sealing(
        START,
      )
      const lookup = await keyring.opening(kid, START)
      expect(lookup).toMatchObject({ ok: true, newestSecret: current })
      if (lookup.ok) expect(await fingerprint(lookup.key)).toBe(await fingerprint(key))
    }
  })

  test('takes keys of hours in which a living session can have been sealed, and no others', async () => {
    const keyring = new Keyring([SECRET], scopeOf('__Host-session'), 3 * 3600)
    const now = Math.floor(START / HOUR) * HOUR + HOUR / 2
    const id = (await keyring.sealing(now)).kid.split('.')[0]
    const opens: number[] = []
    for (let hours = -10; hours <= 10; hours++) {
      const { ok } = await keyring.opening(`${id}.${hourOf(now + hours * HOUR)}`, now)
      if (ok) opens.push(hours)
    }
    expect(opens).toEqual([-4, -3, -2, -1, 0, 1])
  })

  test('refuses what it cannot know before any derivation', async () => {
    const keyring = new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY)
    const [id = ''] = (await keyring.sealing(START)).kid.split('.')
    const calls = await cryptoCalls(async () => {
      for (const [kid, reason] of [
        [`${id}.${hourOf(START - 20 * HOUR)}`, 'key-window'],
        [`${id}.0`, 'key-window'],
        ['', 'malformed'],
        [id, 'malformed'],
        [`${id}.`, 'malformed'],
        [`${id}.ABC`, 'malformed'],
        [`${id}.-1`, 'malformed'],
        [`${id}.${hourOf(START)}.`, 'malformed'],
        [`${id}.${hourOf(START)}\n`, 'malformed'],
        [`${id}.0${hourOf(START)}`, 'malformed'],
      ] as const)
        expect([kid, await keyring.opening(kid, START)]).toEqual([kid, { ok: false, reason }])
      for (const kid of [`${id}.${hourOf(START + 3 * HOUR)}`, `${id}.zzzzzzzz`]) {
        const lookup = { ok: false, reason: 'key-window', ahead: true }
        expect([kid, await keyring.opening(kid, START)]).toEqual([kid, lookup])
      }
      const sealedBefore = (Math.floor(START / HOUR) + 1) * HOUR
      const lookup = { ok: false, reason: 'unknown-key', sealedBefore }
      expect(await keyring.opening(`AAAA.${hourOf(START)}`, START)).toEqual(lookup)
    })
    expect(calls).toEqual({})
  })

  test('finds the same key on every node', async () => {
    const one = new Keyring([SECRET], scopeOf('__Host-session'), HALF_DAY)
    const other = new Keyring([OTHER_SECRET, SECRET], scopeOf('__Host-session'), HALF_DAY)
    const { kid, key } = await one.sealing(START)
    const lookup = await other.opening(kid, START)
    expect(lookup.ok && (await fingerprint(lookup.key))).toBe(await fingerprint(key))
  })
})
