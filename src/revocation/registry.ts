/** The sessions of one user: what a registry is asked, and what it answers. Pure, on whatever keeps the rows. */
import { InvalidMark, isOver, laterMark, type Mark, marginOf, markText, readMark } from './marks.ts'

/** One session of a user, as a registry keeps it. Times in ms since 1970. */
export interface SessionRow {
  /** What stands for its login. */
  readonly login: string
  /** Its id of now. */
  readonly id: string
  /** When it started: its login. */
  readonly began: number
  /** When it was seen last: its login or its last renewal. */
  readonly seen: number
  /** Until when it may be honoured unless it is renewed. */
  readonly expires: number
  /** When it last got keys, limits or an id. Default: 0. */
  readonly setAt?: number
  /** What its login called it. */
  readonly label: string
  /** How many ids it has had: of two rows the later id is that of the higher number. Default: 0. */
  readonly turn?: number
  /** The keys in the store of the app's own keys that it has. Default: none. */
  readonly keys?: readonly string[]
  /** The marks that its login had seen, as it seals them. Default: none. */
  readonly knew?: string
}

/** A session stays for so long after it has expired: its renewal may be late, and does not tell its label again. */
export const KEPT_MS = 3_600_000

/** How many sessions a user may have, and what happens to one too many. */
export interface Most {
  /** So many. */
  readonly count: number
  /** What happens to one more: it is refused, or the oldest ends. */
  readonly otherwise: 'reject' | 'end-oldest'
}

/** What a registry is asked. `now` is the time by the clock of the node, `until` how long to remember; in ms since 1970. */
export type RegistryRequest =
  /** Which marks there are for a session. */
  | { readonly do: 'check'; readonly login: string }
  /**
   * A session starts, in the place of another one if `replaces` says so. `sawMark` is the mark that its login had seen;
   * without it, that has seen the one that is there.
   */
  | {
      readonly do: 'admit'
      readonly row: SessionRow
      readonly sawMark?: number | undefined
      readonly most?: Most | undefined
      readonly replaces?: string | undefined
      readonly now: number
      readonly until: number
    }
  /** A session that was admitted did not start after all. */
  | { readonly do: 'withdraw'; readonly login: string }
  /**
   * A session was renewed. `isSet` where it got keys, limits or an id: what others tell who had not seen that does not
   * take its place. `sawMark` is the mark that its login had seen.
   */
  | {
      readonly do: 'renew'
      readonly row: SessionRow
      readonly isSet?: boolean
      readonly sawMark: number
    }
  /** Sessions end. */
  | { readonly do: 'end'; readonly logins: readonly string[]; readonly until: number }
  /** All sessions end, but for one. */
  | {
      readonly do: 'mark'
      readonly now: number
      readonly except?: string | undefined
      readonly until: number
    }
  /** The mark of this time is no longer pending. */
  | { readonly do: 'settle'; readonly at: number; readonly until: number }
  | { readonly do: 'list'; readonly now: number }

/** What a registry answers. */
export interface RegistryReply {
  /** The mark for all sessions of the user, as text; `null` if there is none. */
  readonly mark: string | null
  /** Whether the session that was asked about has ended. */
  readonly isEnded: boolean
  /** Whether the session may start. */
  readonly isAdmitted: boolean
  /** The sessions that are alive, if they were asked for. */
  readonly sessions: readonly SessionRow[]
}

/** The rows of one user. */
export interface Records {
  mark(): Mark | undefined
  setMark(mark: Mark, until: number): void
  isEnded(login: string): boolean
  setEnded(login: string, until: number): void
  sessions(): readonly SessionRow[]
  session(login: string): SessionRow | undefined
  setSession(row: SessionRow): void
  removeSession(login: string): void
}

/** Answers a request. Whatever order requests come in, and however often one comes, the rows end up the same. */
export function answer(records: Records, request: RegistryRequest): RegistryReply {
  switch (request.do) {
    case 'check':
      return reply(records, { isEnded: records.isEnded(request.login) })
    case 'admit':
      return reply(records, { isAdmitted: admit(records, request) })
    case 'withdraw':
      records.removeSession(request.login)
      return reply(records)
    case 'renew':
      renew(records, request)
      return reply(records, { isEnded: records.isEnded(request.row.login) })
    case 'end':
      for (const login of request.logins) end(records, login, request.until)
      return reply(records)
    case 'mark':
      markAll(records, request.now, request.except, request.until)
      return reply(records)
    case 'settle':
      settle(records, request.at, request.until)
      return reply(records)
    case 'list':
      return reply(records, { sessions: alive(records, request.now) })
  }
}

function reply(records: Records, more: Partial<RegistryReply> = {}): RegistryReply {
  const mark = records.mark()
  const common = { isEnded: false, isAdmitted: true, sessions: [] }
  return { ...common, mark: mark ? markText(mark) : null, ...more }
}

/** The sessions that have not expired, the newest first. */
function alive(records: Records, now: number): readonly SessionRow[] {
  return records
    .sessions()
    .filter(({ expires }) => expires > now)
    .sort((a, b) => b.began - a.began || (a.login < b.login ? -1 : 1))
}

function admit(
  records: Records,
  { row, sawMark, most, replaces, now, until }: Extract<RegistryRequest, { do: 'admit' }>,
): boolean {
  // What was ended before it was saved is over from the start. Who ends the oldest may have been that: see below.
  if (records.isEnded(row.login)) return true
  if (sawMark !== undefined && isMarked(records, row, sawMark)) return true
  const others = alive(records, now).filter(
    ({ login }) => login !== row.login && login !== replaces,
  )
  const surplus = most ? others.slice(Math.max(0, most.count - 1)) : []
  if (surplus.length > 0 && most?.otherwise === 'reject') return false
  if (most && others.filter((each) => isAhead(each, row, now)).length >= most.count) {
    end(records, row.login, until)
    return true
  }
  for (const { login } of surplus) end(records, login, until)
  records.setSession(row)
  return true
}

/**
 * Whether one began while the request of another one was under way. It is the later one, though it was saved before: a
 * browser that sent both has that, so it must not be the one that ends.
 */
function isAhead(each: SessionRow, row: SessionRow, now: number): boolean {
  const isLater = each.began === row.began ? each.id > row.id : each.began > row.began
  return isLater && each.began <= now
}

/** A session that nobody has told of yet is added, unless it is over. */
function renew(
  records: Records,
  { row: told, isSet, sawMark }: Extract<RegistryRequest, { do: 'renew' }>,
): void {
  const before = records.session(told.login)
  if (records.isEnded(told.login) || (!before && isMarked(records, told, sawMark))) return
  const row = isSet ? { ...told, setAt: told.seen } : told
  records.setSession(before ? together(before, row) : row)
}

/** What two that told of one session know of it. */
function together(before: SessionRow, row: SessionRow): SessionRow {
  const turns = (row.turn ?? 0) - (before.turn ?? 0)
  const seen = Math.max(row.seen, before.seen)
  const { label } = before
  if (turns < 0) return { ...before, seen }
  const longest = Math.max(row.expires, before.expires)
  const isSet = (row.setAt ?? 0) > (before.setAt ?? 0)
  // What was told of later may have come after it.
  const expires = isSet && row.seen >= before.seen ? row.expires : longest
  if (turns > 0 || isSet) return { ...row, seen, label, expires }
  // Who set nothing may not have seen what another one has set.
  const known = before.keys ?? []
  const more = (row.keys ?? []).filter((key) => !known.includes(key))
  if (more.length === 0 || row.setAt !== undefined) return { ...before, seen, expires }
  return { ...before, ...row, seen, label, expires, keys: [...known, ...more] }
}

function isMarked(records: Records, { login, began }: SessionRow, sawMark: number): boolean {
  return isOver(records.mark(), { login, began, seen: sawMark }, marginOf(true))
}

function end(records: Records, login: string, until: number): void {
  records.setEnded(login, until)
  records.removeSession(login)
}

function markAll(records: Records, now: number, except: string | undefined, until: number): void {
  records.setMark({ ...laterMark(records.mark(), now, except), isPending: true }, until)
  for (const { login } of records.sessions()) if (login !== except) records.removeSession(login)
}

/** One that took its place is pending itself, or was. */
function settle(records: Records, at: number, until: number): void {
  const mark = records.mark()
  if (mark?.at === at && mark.isPending) records.setMark({ ...mark, isPending: false }, until)
}

/**
 * What a registry answered, if that is an answer at all.
 *
 * @throws InvalidMark
 */
export function requireReply(reply: unknown, request: RegistryRequest): RegistryReply {
  if (!isReply(reply)) throw new InvalidMark('The registry gave something else than an answer.')
  const mark = reply.mark === null ? undefined : readMark(reply.mark)
  if (request.do === 'mark' && !(mark && mark.at >= request.now))
    throw new InvalidMark('The registry has not put the mark.')
  return reply
}

function isReply(value: unknown): value is RegistryReply {
  const reply: Partial<Record<keyof RegistryReply, unknown>> = Object(value)
  const { mark, isEnded, isAdmitted, sessions } = reply
  return (
    (mark === null || (typeof mark === 'string' && readMark(mark) !== undefined)) &&
    typeof isEnded === 'boolean' &&
    typeof isAdmitted === 'boolean' &&
    Array.isArray(sessions) &&
    sessions.every(isRow)
  )
}

function isRow(value: unknown): boolean {
  const row: Partial<Record<keyof SessionRow, unknown>> = Object(value)
  return (
    [row.login, row.id, row.label].every((each) => typeof each === 'string') &&
    [row.began, row.seen, row.expires].every(Number.isFinite) &&
    (row.keys === undefined || Array.isArray(row.keys))
  )
}
