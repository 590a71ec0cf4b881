import { vi } from 'vitest'
import { syncAes } from '../../src/seal/sync-aes.ts'

const METHODS = [
  'encrypt',
  'decrypt',
  'deriveKey',
  'deriveBits',
  'importKey',
  'digest',
  'sign',
] as const

/**
 * Counts the calls of WebCrypto, and of what encrypts in its stead, while `fn` runs; methods that were not called are
 * left out.
 */
export async function cryptoCalls(fn: () => unknown): Promise<Record<string, number>> {
  const own = METHODS.map((method) => ({ method, spy: vi.spyOn(crypto.subtle, method) }))
  const aes = syncAes
  const sync = aes
    ? (['encrypt', 'decrypt'] as const).map((method) => ({ method, spy: vi.spyOn(aes, method) }))
    : []
  const spies = [...own, ...sync]
  try {
    await fn()
    return Object.fromEntries(
      spies.flatMap(({ method, spy }) => {
        const calls = spy.mock.calls.length
        return calls > 0 ? [[method, calls]] : []
      }),
    )
  } finally {
    for (const { spy } of spies) spy.mockRestore()
  }
}
