/** Messages that wait for the next request that looks: in what order they stand, and how many of them stay. */
import type { Op } from '../log/format/fragment.ts'
import { entryId, type RandomBytes, timeOf } from '../log/format/ids.ts'
import { utf8Length } from '../tree/bytes.ts'
import { toPointer } from '../tree/pointer.ts'
import { isArray, type Tree, type TreeObject, withChild } from '../tree/tree.ts'
import { decodeValue } from '../tree/values.ts'
import { FLASH_KEY } from './keys.ts'

/** So many messages stay that nobody reads … */
const MOST_MESSAGES = 16

/** … with so many bytes of JSON in all. */
const MOST_BYTES = 1024

/** A time in ms and three random characters: names sort by time, and those of two requests differ. */
const NAME = /^[0-9a-z]{8}[\w-]{3}$/
const NAME_LENGTH = 11

/**
 * A message that was left with `flash()`, as `flashes` shows it.
 *
 * @example
 * ```ts
 * import type { FlashMessage } from 'carryon'
 *
 * const toasts = (messages: readonly FlashMessage[]) =>
 *   messages.map(({ key, value }) => `${key}: ${value}`).join('; ')
 * ```
 */
export interface FlashMessage {
  /** The first argument of `flash()`. */
  readonly key: string
  /** The second one. */
  readonly value: unknown
}

/** The messages of one request: those that it finds, and those that it leaves. */
export class Messages {
  readonly #found: TreeObject
  #added: TreeObject = {}
  #read: readonly FlashMessage[] | undefined
  #isTaken = false
  /** How many of those that nobody has read stay, where there is no room for all. */
  #most: number | undefined

  constructor(found: TreeObject) {
    this.#found = found
  }

  /** Those of this request. */
  get own(): TreeObject {
    return this.#added
  }

  /** @param message - its key and its value */
  add(message: readonly Tree[], now: number, random: RandomBytes): void {
    const name = nextName({ ...this.#found, ...this.#added }, now, random)
    this.#added = withChild(this.#added, name, message)
  }

  /**
   * What it finds.
   *
   * @param takes - whether that goes then; the first call decides
   */
  read(takes: boolean): readonly FlashMessage[] {
    if (!this.#read) {
      this.#read = messagesOf(this.#found)
      this.#isTaken = takes
    }
    return this.#read
  }

  /** What it leaves. */
  left(): TreeObject {
    const unread = this.#isTaken ? {} : this.#found
    const isSame = Object.keys(this.#added).length === 0 && this.#most === undefined
    return isSame ? unread : withMessages(unread, this.#added, this.#most)
  }

  /** Half of those that nobody has read are to go, the oldest ones. Whether there were any. */
  giveUp(): boolean {
    const kept = this.#isTaken ? 0 : (this.#most ?? Object.keys(this.#found).length)
    this.#most = Math.floor(kept / 2)
    return kept > 0
  }

  /** None of them is to go. */
  keep(): void {
    this.#most = undefined
  }
}

/** The messages, the oldest first. Whoever sees the same ones sees them in the same order. */
function messagesOf(flash: TreeObject): FlashMessage[] {
  return namesOf(flash).flatMap((name) => {
    const pair = flash[name]
    if (!isArray(pair)) return []
    const [key, value = null] = pair
    return [{ key: String(key), value: decodeValue(value) }]
  })
}

/** The name of one more message: it comes after all that are there, whatever clocks say. */
function nextName(flash: TreeObject, now: number, random: RandomBytes): string {
  const newest = namesOf(flash)
    .filter((name) => NAME.test(name))
    .at(-1)
  const time = Math.max(now, newest === undefined ? 0 : timeOf(newest) + 1)
  return entryId(time, random).slice(0, NAME_LENGTH)
}

/**
 * What stays when `added` joins the messages that nobody has read: the oldest of these go where there are too many.
 *
 * @param most - of these no more than so many stay
 */
function withMessages(
  unread: TreeObject,
  added: TreeObject,
  most: number = MOST_MESSAGES,
): TreeObject {
  const kept = Object.entries(added)
  const limit = Math.min(MOST_MESSAGES, kept.length + most)
  let bytes = kept.reduce((sum, each) => sum + memberBytes(each), EMPTY_BYTES)
  for (const name of namesOf(unread).reverse()) {
    const each: [string, Tree] = [name, unread[name] ?? null]
    bytes += memberBytes(each)
    if (kept.length >= limit || bytes > MOST_BYTES) break
    kept.push(each)
  }
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Whether all that ops do is to take messages out. */
export function isTake(ops: readonly Op[]): boolean {
  const isOne = ({ kind, path }: Op) => kind === 'delete' && path.startsWith(MESSAGES)
  return ops.length > 0 && ops.every(isOne)
}

const MESSAGES = `${toPointer([FLASH_KEY])}/`

/** The braces of an object, less the comma that its first member has not. */
const EMPTY_BYTES = 1

/** A member of an object as JSON, and a comma. */
function memberBytes(member: readonly [string, Tree]): number {
  return utf8Length(JSON.stringify(Object.fromEntries([member]))) - 1
}

function namesOf(flash: TreeObject): string[] {
  return Object.keys(flash).sort()
}
