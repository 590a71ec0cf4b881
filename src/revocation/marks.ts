/** Marks: what started before one is over. */
import { SPREAD_SECONDS } from '../log/format/clocks.ts'

/** A moment, for one key. Times in ms since 1970. */
export interface Mark {
  /** What started before this is over. */
  readonly at: number
  /** A login that this mark spares, and the mark that held for it before. */
  readonly except?: { readonly login: string; readonly at: number } | undefined
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

const TEXT = /^carryon1\.(\d{1,15})(?:\.([\w-]{14})\.(\d{1,15}))?$/

/** The text of a mark. It begins with a letter: some stores take what looks like a number for one. */
export function markText({ at, except }: Mark): string {
  return except ? `carryon1.${at}.${except.login}.${except.at}` : `carryon1.${at}`
}

/** The mark of a text; `undefined` where it is none. */
export function readMark(text: string): Mark | undefined {
  const [, at, login, exceptAt] = TEXT.exec(text) ?? []
  if (at === undefined) return undefined
  return login === undefined
    ? { at: Number(at) }
    : { at: Number(at), except: { login, at: Number(exceptAt) } }
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
