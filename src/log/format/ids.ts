/** Ids of entries, folds and bases. */
import { AHEAD_SECONDS } from './clocks.ts'
import { DIGEST_LENGTH, ID_LENGTH, type SessionIdentity } from './fragment.ts'
import { timeCode } from './id-chain.ts'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_'

/** How many characters of an id tell its time, in base 36. */
const TIME_LENGTH = 8

/** Random bytes, `count` of them: `crypto.getRandomValues`, or a test's own. */
export type RandomBytes = (count: number) => Uint8Array

/** The last character of a digest is one of the last of the alphabet for the ids of joins, and only for these. */
const JOIN_MARKS = 8
const ENTRY_MARKS = ALPHABET.length - JOIN_MARKS
/** Where that character stands in an id. */
const MARK_AT = 10

/** The id of an entry that is made at `ms`: it sorts by time, and is like no other. */
export function entryId(ms: number, random: RandomBytes): string {
  let id = timeCode(ms)
  for (const byte of random(ID_LENGTH - id.length)) {
    const place = byte & 63
    id += ALPHABET[id.length === MARK_AT && place >= ENTRY_MARKS ? place - ENTRY_MARKS : place]
  }
  return id
}

/**
 * The id of the first base of a session: it follows from what all of its fragments tell, so that what was written upon
 * it can be found a place where that base is not there any more. Sorts by the time of the start.
 */
export function startId({ sid, start }: Pick<SessionIdentity, 'sid' | 'start'>): string {
  const code = Array.from(sid.slice(0, ID_LENGTH - TIME_LENGTH), (letter, i) => {
    const place = ALPHABET.indexOf(letter)
    return ALPHABET.charAt(
      TIME_LENGTH + i === MARK_AT && place >= ENTRY_MARKS ? place - ENTRY_MARKS : place,
    )
  })
  return timeCode(start) + code.join('')
}

/** The id of an entry without ops that stands for several heads: the same for all that join the same of `inputs`. */
export function joinId(ms: number, inputs: readonly string[]): string {
  const text = timeCode(ms) + derivedId('j', inputs).slice(0, ID_LENGTH - TIME_LENGTH)
  const place = ENTRY_MARKS + (ALPHABET.indexOf(text.charAt(MARK_AT)) & (JOIN_MARKS - 1))
  return text.slice(0, MARK_AT) + ALPHABET.charAt(place) + text.slice(MARK_AT + 1)
}

/** Whether a digest is that of a join, in which nothing was written. */
export function isJoin(digest: string): boolean {
  return ALPHABET.indexOf(digest.slice(-1)) >= ENTRY_MARKS
}

/** The last id that an entry of the time `ms` can have. */
export function lastIdAt(ms: number): string {
  return `${timeCode(ms)}zzzzz`
}

/** The time in ms of an entry's id. */
export function timeOf(id: string): number {
  let ms = 0
  for (let i = 0; i < TIME_LENGTH; i++) {
    const code = id.charCodeAt(i)
    ms = ms * 36 + (code < 58 ? code - 48 : code - 87)
  }
  return ms
}

/**
 * The id of a fragment that was made of others: a hash, so that nodes that make the same fragment of
 * the same view write the same cookie. The inputs are ids that nodes chose at random, so nobody
 * else can look for collisions, and 48 bits are enough for the few fragments of one jar.
 */
export function derivedId(kind: string, inputs: readonly string[]): string {
  const text = `${kind} ${inputs.join(' ')}`
  return letters(hash(text, 0x811c9dc5), 4) + letters(hash(text, 0x9e3779b9), 4)
}

/** `length` characters of base64url that stand for a text: nobody looks for collisions, and they only cost a name. */
export function shortHash(text: string, length: number): string {
  return letters(hash(text, 0x811c9dc5), length)
}

/** The time that one step of a digest stands for. Its 4,096 steps are nine minutes. */
const DIGEST_STEP_MS = 131

/**
 * {@link DIGEST_LENGTH} characters that stand for an entry's id: its time in steps of 131 ms, modulo
 * 4,096, and its random characters.
 */
export function digestOf(id: string): string {
  const step = Math.floor(timeOf(id) / DIGEST_STEP_MS)
  return ALPHABET.charAt((step >>> 6) & 63) + ALPHABET.charAt(step & 63) + id.slice(8, 11)
}

/**
 * The latest time in ms up to about `now` at which the entry of a digest can have been made. It may
 * have been made earlier by a multiple of nine minutes, never later.
 */
export function latestTimeOf(digest: string, now: number): number {
  const steps = Math.floor((now + AHEAD_SECONDS * 1000) / DIGEST_STEP_MS)
  const step = ALPHABET.indexOf(digest.charAt(0)) * 64 + ALPHABET.indexOf(digest.charAt(1))
  const back = (steps - step) & 4095
  return (steps - back + 1) * DIGEST_STEP_MS - 1
}

/** Whether the entry of a digest may come after a horizon. */
export function isAfter(digest: string, horizon: string, now: number): boolean {
  return latestTimeOf(digest, now) > timeOf(horizon)
}

/** FNV-1a with a final mix, 32 bits. */
function hash(text: string, seed: number): number {
  let h = seed
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

function letters(bits: number, count: number): string {
  let text = ''
  for (let i = 0; i < count; i++) text += ALPHABET[(bits >>> (6 * i)) & 63]
  return text
}
