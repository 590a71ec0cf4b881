/** What marks are about: keys in the store, and what stands for a login. */
import { ConfigError } from '../errors.ts'
import { SID_PREFIX_LENGTH } from '../log/format/fragment.ts'
import { toBase64Url } from '../tree/bytes.ts'
import { lastSeen, type Mark, type Started } from './marks.ts'
import type { SessionRow } from './registry.ts'

/**
 * Whose sessions are to end.
 *
 * - `{ session }`: one session, by any id that it has had since its login. With `subject` if the store is a Durable
 *   Object and you list sessions: then the list knows at once.
 * - `{ subject }`: all sessions of a user. `except` is the id of one that stays.
 * - `{ key }`: all sessions with this key in `session.keys`.
 *
 * @example
 * ```ts
 * import type { RevocationTarget } from 'carryon'
 *
 * const others: RevocationTarget = { subject: 'ada', except: session.id }
 * await sessions.revoke(others)
 * ```
 */
export type RevocationTarget =
  | {
      readonly session: string
      readonly subject?: string | undefined
      readonly except?: never
      readonly key?: never
    }
  | {
      readonly subject: string
      readonly except: string
      readonly session?: never
      readonly key?: never
    }
  | {
      readonly subject: string
      readonly except?: never
      readonly session?: never
      readonly key?: never
    }
  | {
      readonly key: string
      readonly subject?: never
      readonly except?: never
      readonly session?: never
    }

/**
 * What keys of a store are about. `others`: a user's sessions, but for one. That has a key of its own, so that it never
 * takes the place of a mark that spares none.
 */
export type KeyKind = 'session' | 'subject' | 'others' | 'key'

/** What a session was ended by. */
export type EndedBy = Exclude<KeyKind, 'others'>

/** What a mark of a kind ends sessions by. */
export function enderOf(kind: KeyKind): EndedBy {
  return kind === 'others' ? 'subject' : kind
}

/**
 * What stands for the login of a session: the part of its id that `regenerate()` keeps. So a mark for any id of a login
 * means all of them, those as well that it had before or gets later.
 */
export function loginOf(sid: string): string {
  return sid.slice(SID_PREFIX_LENGTH)
}

/** A new id of the same login. */
export function kinOf(fresh: string, sid: string): string {
  return fresh.slice(0, SID_PREFIX_LENGTH) + loginOf(sid)
}

/** What a target is about, checked. */
export interface Aim {
  readonly kind: EndedBy
  /** An id, a user, or a key. */
  readonly value: string
  /** Whose session it is, if that was told. */
  readonly subject?: string
  /** What stands for the login that stays. */
  readonly except?: string
}

/**
 * Reads a target.
 *
 * @throws ConfigError for anything else
 */
export function targetOf(target: RevocationTarget): Aim {
  const all: Record<string, unknown> = { ...target }
  const { session, subject, except, key, ...others } = all
  const given = [session, subject, except, key].filter((value) => value !== undefined)
  // Whoever has no id to spare, or none to end, must not end all sessions of the user by that.
  const isMissing = ['except', 'session', 'key'].some(
    (name) => name in all && all[name] === undefined,
  )
  const isAlone = Object.keys(others).length === 0 && !isMissing
  if (isAlone && isSid(session) && given.length === 1) return { kind: 'session', value: session }
  if (isAlone && isSid(session) && isSomeText(subject) && given.length === 2)
    return { kind: 'session', value: session, subject }
  if (isAlone && isSomeText(subject) && given.length === 1)
    return { kind: 'subject', value: subject }
  if (isAlone && isSomeText(subject) && isSid(except) && given.length === 2)
    return { kind: 'subject', value: subject, except: loginOf(except) }
  if (isAlone && isSomeText(key) && key.length <= MAX_KEY_LENGTH && given.length === 1)
    return { kind: 'key', value: key }
  throw new ConfigError(
    `revoke() takes { session: id }, { subject }, { subject, except: id } or { key }, and nothing else that is there. Ids are those of session.id, keys have at most ${MAX_KEY_LENGTH} characters.`,
  )
}

function isSid(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{22}$/.test(value)
}

/** Whether a value is text that is not empty, as users' ids are. */
export function isSomeText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/**
 * The key in a store. It tells nobody what it is about, who does not guess it.
 *
 * @param scope - the name of the cookie: apps with different names may share a store
 */
export async function storeKeyOf(scope: string, kind: KeyKind, value: string): Promise<string> {
  return digest(JSON.stringify([scope, kind, value]))
}

/** What the marks of a session are looked up by. */
export interface Watched {
  readonly sid: string
  readonly subject: string | undefined
  /** The app's own keys of the session. */
  readonly keys: readonly string[]
  /** When it began, in ms since 1970. */
  readonly began: number
  /** The marks that its login had seen, as text. */
  readonly seen: string | undefined
}

/** What a session is looked up by before it has begun. */
export type KnownSession = Pick<Watched, 'sid' | 'subject' | 'keys'>

/** What a session can be ended by. */
export function aboutOf({
  sid,
  subject,
  keys,
}: KnownSession): readonly (readonly [KeyKind, string])[] {
  return [
    ['session', loginOf(sid)],
    ...(subject === undefined
      ? []
      : ([
          ['subject', subject],
          ['others', subject],
        ] as const)),
    ...keys.map((key) => ['key', key] as const),
  ]
}

/** The same, with the keys in the store. */
export function placesOf(
  scope: string,
  session: KnownSession,
): Promise<readonly { readonly kind: KeyKind; readonly value: string; readonly key: string }[]> {
  return Promise.all(
    aboutOf(session).map(async ([kind, value]) => {
      return { kind, value, key: await storeKeyOf(scope, kind, value) }
    }),
  )
}

/** A mark, by its key in the store. */
export interface Found {
  readonly kind: KeyKind
  readonly key: string
  readonly mark: Mark | undefined
  readonly isEnded?: boolean | undefined
  /** When the `revoke()` that put it began, in the order of what happened on this node; if it was one of this node. */
  readonly turn?: number | undefined
}

/** A mark, and the time up to which a login has seen it, in ms; 0 where it has not. */
export interface SeenMark extends Found {
  readonly seen: number
}

/** What of a session a mark is compared with. */
export function startOf({ sid, began }: Pick<Watched, 'sid' | 'began'>, seen: number): Started {
  return { login: loginOf(sid), began, seen }
}

/** What a check was about beside the session and its user: `''` where it has no keys of the app. */
export async function coverageOf(keys: readonly string[]): Promise<string> {
  if (keys.length === 0) return ''
  return (await digest(JSON.stringify([...new Set(keys)].sort()))).slice(0, COVERAGE_LENGTH)
}

const COVERAGE_LENGTH = 12

async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return toBase64Url(new Uint8Array(hash))
}

const MAX_KEYS = 8
const MAX_KEY_LENGTH = 200

/** What is wrong with the keys of a session; `undefined` where nothing is. */
export function problemOfKeys(keys: unknown): string | undefined {
  const isRight =
    Array.isArray(keys) &&
    keys.length <= MAX_KEYS &&
    [...keys].every((key) => typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH)
  return isRight
    ? undefined
    : `it must be a list of at most ${MAX_KEYS} texts of 1 to ${MAX_KEY_LENGTH} characters`
}

/** A row with what marks of keys are compared with, and the mark of its user that the login had seen. */
export async function comparable(
  scope: string,
  row: SessionRow,
  session: Watched & { readonly subject: string },
): Promise<{ readonly row: SessionRow; readonly sawMark: number }> {
  const { keys, seen: knew, subject } = session
  const digests = await Promise.all(keys.map((key) => storeKeyOf(scope, 'key', key)))
  return {
    sawMark: lastSeen(session, await storeKeyOf(scope, 'subject', subject)),
    row: {
      ...row,
      ...(digests.length > 0 ? { keys: digests } : {}),
      ...(knew === undefined ? {} : { knew }),
    },
  }
}
