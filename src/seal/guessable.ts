/** Which secrets somebody could guess. No proof of the contrary: what is random is not told by looking at it. */

/** So many characters have to be left that follow neither from what comes before them nor from an example. */
const MIN_FREE_CHARACTERS = 14

/** A secret has at least so many different ones. */
const MIN_DISTINCT_CHARACTERS = 10

/** Repeats and runs count from this length on; shorter ones are chance. */
const MIN_RUN = 4

/** Neighbors on keyboards, and the alphabet in base64url. */
const ROWS = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  '1234567890',
]

/** Phrases with which documentation of sessions, cookies and tokens fills the place of a secret. */
const EXAMPLE =
  /at.?least|characters?.?(?:long|minimum)|(?:your|my).{0,12}(?:secret|passw|key)|change.?(?:me|this|it)|(?:super|very|complex|strong|secure|long|top).{0,8}(?:secret|passw|key)|(?:secret|passw\w*|key).{0,6}(?:with|here|phrase)|replace.?(?:me|this|with|in)|example|placeholder|insert|keyboard.?cat|not.{0,6}secret|default.{0,8}(?:secret|key|passw)|80d42cfb-1cd2-462c-8f17-e3237d9027e9/i

/** The words of such phrases, the short ones only by themselves. */
const WORDS =
  /80d42cfb-1cd2-462c-8f17-e3237d9027e9|with|must|should|have|your|complex|very|super|strong|secure|secret|long|random|password|passphrase|passwd|session|cookie|token|auth|encryption|signing|hash|least|minimum|bytes|bits|characters|character|chars|char|change|this|that|please|production|prod|development|test|testing|example|sample|placeholder|default|replace|insert|here|value|string|text|generate|keyboard|hono|next|nuxt|iron|better|express|laravel|safe|only|some|thirty|(?<![a-z])(?:has|the|jwt|key|bit|cat|not|use|for|and|app|any|two|me|my|at|be|in|of|is|it|to|do|a|an)(?![a-z])/gi

/** Whether a secret is a sentence of documentation, with little else. */
export function isExample(secret: string): boolean {
  if (!EXAMPLE.test(secret)) return false
  const rest = secret.replace(WORDS, '').replace(/[^\p{L}\p{N}]/gu, '')
  return !hasFree(rest, MIN_FREE_CHARACTERS)
}

/** Whether most of a secret follows from the rest of it. */
export function isPredictable(secret: string): boolean {
  if (new Set(secret).size < MIN_DISTINCT_CHARACTERS) return true
  if (!hasFree(secret, MIN_FREE_CHARACTERS)) return true
  const characters = Array.from(secret)
  // Two runs, one between the characters of the other.
  return [0, 1].every((parity) => {
    const half = characters.filter((_, i) => i % 2 === parity).join('')
    return !hasFree(half, MIN_FREE_CHARACTERS / 2)
  })
}

/** Whether so many characters are new: neither a repeat of earlier ones, nor a run such as `4567` or `asdf`. */
function hasFree(text: string, count: number): boolean {
  const lower = text.toLowerCase()
  let free = 0
  for (let at = 0; at < lower.length && free < count; ) {
    const known = Math.max(repeatAt(lower, at), runAt(lower, at), rowAt(lower, at))
    free++
    at += known >= MIN_RUN ? known : 1
  }
  return free >= count
}

/** How many characters from `at` on stand before it as well. */
function repeatAt(text: string, at: number): number {
  let length = 0
  while (
    at + length < text.length &&
    text.slice(0, at + length).includes(text.slice(at, at + length + 1))
  )
    length++
  return length
}

/** How many characters from `at` on count up, count down or stay the same. */
function runAt(text: string, at: number): number {
  const step = text.charCodeAt(at + 1) - text.charCodeAt(at)
  if (!(Math.abs(step) <= 1)) return 1
  let length = 2
  while (text.charCodeAt(at + length) - text.charCodeAt(at + length - 1) === step) length++
  return length
}

/** How many characters from `at` on are neighbors on a keyboard. */
function rowAt(text: string, at: number): number {
  let length = 1
  while (at + length < text.length && isInRow(text.slice(at, at + length + 1))) length++
  return length
}

function isInRow(text: string): boolean {
  return ROWS.some((row) => row.includes(text) || row.includes(Array.from(text).reverse().join('')))
}
