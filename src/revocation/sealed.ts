/** What a session seals about its checks: when the last one was, and which marks its login had seen. */

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

/** The text of the marks that a login had seen, by their keys in the store. */
export function seenText(seen: ReadonlyMap<string, number>): string | undefined {
  if (seen.size === 0) return undefined
  const pair = ([key, at]: readonly [string, number]) =>
    key.slice(0, KEY_LENGTH) + at.toString(36).padStart(TIME_LENGTH, '0')
  return [...seen].map(pair).join('')
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
