const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/**
 * Text of `bytes` characters that looks random and is the same for the same seed everywhere, so
 * that a reader can check what a writer stored without either of them keeping it.
 */
export function filler(seed: string, bytes: number): string {
  let state = 0x9e3779b9
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x85ebca6b) >>> 0
  const parts: string[] = []
  for (let i = 0; i < bytes; i++) {
    // xorshift32
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    parts.push(ALPHABET.charAt((state >>> 0) % ALPHABET.length))
  }
  return parts.join('')
}
