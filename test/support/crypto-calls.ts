import { vi } from 'vitest'

const METHODS = [
  'encrypt',
  'decrypt',
  'deriveKey',
  'deriveBits',
  'importKey',
  'digest',
  'sign',
] as const

/** Counts the calls of WebCrypto while `fn` runs; methods that were not called are left out. */
export async function cryptoCalls(fn: () => unknown): Promise<Record<string, number>> {
  const spies = METHODS.map((method) => ({ method, spy: vi.spyOn(crypto.subtle, method) }))
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
