import { expect, vi } from 'vitest'

const METHODS = ['debug', 'log', 'info', 'warn', 'error', 'trace'] as const

/** Runs `fn` and fails the test when anything is written to the console meanwhile. */
export async function silently<T>(fn: () => Promise<T>): Promise<T> {
  const spies = METHODS.map((method) => vi.spyOn(console, method))
  try {
    const result = await fn()
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    return result
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
