/** Marks: what started before one is over. What a session seals of those that it has seen, and of its checks. */
import { SPREAD_SECONDS } from '../log/format/clocks.ts'

/** A moment, for one key. Times in ms since 1970. */
export interface Mark {
  /** What started before this is over. */
  readonly at: number
  /** A login that this mark spares, and the mark that held for it before. */
  readonly except?: { readonly login: string; readonly at: number } | undefined
  /**
   * Whether its `revoke()` has not returned yet. It ends sessions like any other mark, but no login counts as having
   * seen it. So a `revoke()` beside a login ends that login, whatever the clocks of the two nodes say.
   */
  readonly isPending?: boolean | undefined
}

/** What of a session a mark is compared with. */
export interface Started {
  /** What stands for its login, see `keys.ts`. */
  readonly login: string
  /** When it began, by the clock of its node. */
  readonly began: number
  /** The mark of this key that its login had seen; 0 for none. */
  readonly seen: number
}

const TEXT = /^carryon1\.(\d{1,15})(?:\.([\w-]{14})\.(\d{1,15}))?(~)?$/

/** The text of a mark. It begins with a letter: some stores take what looks like a number for one. */
export function markText({ at, except, isPending }: Mark): string {
  const spared = except ? `.${except.login}.${except.at}` : ''
  return `carryon1.${at}${spared}${isPending ? '~' : ''}`
}

/** The mark of a text; `undefined` where it is none. */
export function readMark(text: string): Mark | undefined {
  const [, at, login, exceptAt, pending] = TEXT.exec(text) ?? []
  if (at === undefined) return undefined
  return {
    at: Number(at),
    ...(login === undefined ? {} : { except: { login, at: Number(exceptAt) } }),
    ...(pending === undefined ? {} : { isPending: true }),
  }
}

/**
 * The mark that takes the place of another one: always a later one, so that a login that had seen the other has not seen
 * this one. What the other one ended stays ended.
 *
 * @param at - the time by the clock of the node
 * @param except - a login to spare
 */
export function laterMark(before: Mark | undefined, at: number, except?: string): Mark {
  const later = Math.max(at, (before?.at ?? 0) + 1)
  if (except === undefined) return { at: later }
  return { at: later, except: { login: except, at: before ? markFor(before, except) : 0 } }
}

/** The moment that a mark means for a login. */
function markFor({ at, except }: Mark, login: string): number {
  return except?.login === login ? except.at : at
}

/** Of two marks of one key, the later one. */
export function newerMark(a: Mark | undefined, b: Mark | undefined): Mark | undefined {
  return a === undefined || (b !== undefined && b.at > a.at) ? b : a
}

/**
 * How much later than a mark a session may have begun, in ms, and be over all the same, since clocks differ. Whoever logs
 * in after the mark sees it, where the store shows it at once.
 */
export function marginOf(isImmediate: boolean): number {
  return isImmediate ? SPREAD_SECONDS * 1000 : 0
}

/** Whether a session is over. One that began in the very ms of the mark is, unless it had seen it. */
export function isOver(mark: Mark | undefined, started: Started, margin: number): boolean {
  if (!mark) return false
  const at = markFor(mark, started.login)
  return at > started.seen && started.began <= at + margin
}

/** A store holds what is no mark of ours, or answers with something else. */
export class InvalidMark extends Error {}

/**
 * The mark that a store gave.
 *
 * @throws InvalidMark
 */
export function requireMark(text: unknown): Mark {
  const mark = typeof text === 'string' ? readMark(text) : undefined
  if (!mark) throw new InvalidMark('The store holds something else in the place of a mark.')
  return mark
}

/** A check: when it was, in ms, and which keys of the app it was about. */
export interface Check {
  readonly at: number
  readonly coverage: string
}

const CHECK = /^([0-9a-z]{1,8})(?:\.([\w-]{12}))?$/

/** The text of a check, in whole seconds, rounded down. */
export function checkText({ at, coverage }: Check): string {
  const seconds = Math.floor(at / 1000).toString(36)
  return coverage === '' ? seconds : `${seconds}.${coverage}`
}

/**
 * When a session was checked, in ms; 0 where the text tells of no check of these keys. A part of a session's cookies may
 * have fewer keys: a check of those says nothing of the others.
 */
export function checkTime(text: string | undefined, coverage: string): number {
  const [, seconds, of = ''] = CHECK.exec(text ?? '') ?? []
  return seconds === undefined || of !== coverage ? 0 : Number.parseInt(seconds, 36) * 1000
}

/**
 * Whether a session has to be checked at `now`. A check, or a start, that seems to be still to come is none: otherwise
 * whoever kept such a cookie could put off the next one.
 *
 * @param times - of the checks that are known, and of the start, in ms
 */
export function isDue(times: readonly number[], now: number, lagMs: number): boolean {
  return !times.some((at) => at <= now && now - at < lagMs)
}

const KEY_LENGTH = 8
const TIME_LENGTH = 9
const PAIR = KEY_LENGTH + TIME_LENGTH

/** Stands behind the marks of a login that could not ask for all of them. */
const BLIND = '~'

/**
 * The text of the marks that a login had seen, by their keys in the store.
 *
 * @param isBlind - whether there may be more, since the store did not answer
 */
export function seenText(seen: ReadonlyMap<string, number>, isBlind = false): string | undefined {
  const pair = ([key, at]: readonly [string, number]) =>
    key.slice(0, KEY_LENGTH) + at.toString(36).padStart(TIME_LENGTH, '0')
  const text = [...seen].map(pair).join('') + (isBlind ? BLIND : '')
  return text === '' ? undefined : text
}

/**
 * `text` with marks that were seen later. What is about none of `keys` goes: it cannot grow by keys that come and go.
 *
 * @param keys - all that the session is looked up by, in the store
 */
export function withSeen(
  text: string | undefined,
  more: ReadonlyMap<string, number>,
  keys: readonly string[],
): string | undefined {
  const seen = keys.flatMap((key) => {
    const at = Math.max(seenTime(text, key), more.get(key) ?? 0)
    return at > 0 ? [[key, at] as const] : []
  })
  return seenText(new Map(seen), text?.endsWith(BLIND))
}

/** The mark of a key that a login had seen, in ms; 0 where it had seen none. */
export function seenTime(text: string | undefined, key: string): number {
  for (let i = 0; i + PAIR <= (text?.length ?? 0); i += PAIR) {
    if (text?.slice(i, i + KEY_LENGTH) !== key.slice(0, KEY_LENGTH)) continue
    const at = Number.parseInt(text.slice(i + KEY_LENGTH, i + PAIR), 36)
    return Number.isFinite(at) ? at : 0
  }
  return 0
}

/**
 * The mark that counts as the last one that a session has seen, in ms. For one that could not ask, all from before it
 * began: nothing is known of clocks then.
 */
export function lastSeen(
  { seen, began }: { readonly seen: string | undefined; readonly began: number },
  key: string,
): number {
  const told = seenTime(seen, key)
  return seen?.endsWith(BLIND) ? Math.max(told, began - 1) : told
}
