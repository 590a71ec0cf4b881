/** Calls of stores take no longer than their options allow. */

/** A store did not answer in time. */
export class StoreTimeout extends Error {}

/**
 * The result of a call, if it comes within `ms`.
 *
 * @throws StoreTimeout, or what the call throws
 */
export async function withTimeout<T>(call: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreTimeout(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([call, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits for so many ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
