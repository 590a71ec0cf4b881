/** "Random" bytes that are the same each time, IVs included. */
import type { Random } from './random.ts'

/** From here on `crypto.getRandomValues` takes its bytes from `random`. Returns what takes that back. */
export function fixRandomBytes(random: Random): () => void {
  const fill = <T>(array: T): T => {
    if (!(array instanceof Uint8Array)) throw new TypeError('only bytes')
    for (let i = 0; i < array.length; i++) array[i] = random.below(256)
    return array
  }
  const own = Object.getOwnPropertyDescriptor(crypto, 'getRandomValues')
  Object.defineProperty(crypto, 'getRandomValues', { value: fill, configurable: true })
  return () => {
    if (own) Object.defineProperty(crypto, 'getRandomValues', own)
    else Reflect.deleteProperty(crypto, 'getRandomValues')
  }
}
