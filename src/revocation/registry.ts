/** The sessions of one user: what a registry is asked, and what it answers. Pure, on whatever keeps the rows. */
import { isOver, laterMark, type Mark, marginOf, markText } from './marks.ts'

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
  /** Until when it is honoured unless it is renewed. */
  readonly expires: number
  /** What its login called it. */
  readonly label: string
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
  /** A session starts, in the place of another one if `replaces` says so. */
  | {
      readonly do: 'admit'
      readonly row: SessionRow
      readonly most?: Most | undefined
      readonly replaces?: string | undefined
      readonly now: number
      readonly until: number
    }
  /** A session that was admitted did not start after all. */
  | { readonly do: 'withdraw'; readonly login: string }
  /** A session was renewed, or has a new id. `sawMark` is the mark that its login had seen. */
  | { readonly do: 'renew'; readonly row: SessionRow; readonly sawMark: number }
  /** Sessions end. */
  | { readonly do: 'end'; readonly logins: readonly string[]; readonly until: number }
  /** All sessions end, but for one. */
  | {
      readonly do: 'mark'
      readonly now: number
      readonly except?: string | undefined
      readonly until: number
    }
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
      renew(records, request.row, request.sawMark)
      return reply(records, { isEnded: records.isEnded(request.row.login) })
    case 'end':
      for (const login of request.logins) end(records, login, request.until)
      return reply(records)
    case 'mark':
      markAll(records, request.now, request.except, request.until)
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
  { row, most, replaces, now, until }: Extract<RegistryRequest, { do: 'admit' }>,
): boolean {
  if (records.isEnded(row.login)) return false
  const others = alive(records, now).filter(
    ({ login }) => login !== row.login && login !== replaces,
  )
  const surplus = most ? others.slice(Math.max(0, most.count - 1)) : []
  if (surplus.length > 0 && most?.otherwise === 'reject') return false
  for (const { login } of surplus) end(records, login, until)
  records.setSession(row)
  return true
}

/** A session that nobody has told of yet is added, unless it is over. */
function renew(records: Records, row: SessionRow, sawMark: number): void {
  const { login, began } = row
  const before = records.session(login)
  const isGone =
    records.isEnded(login) ||
    (!before && isOver(records.mark(), { login, began, seen: sawMark }, marginOf(true)))
  if (isGone) return
  const newest = before && before.seen > row.seen ? before : row
  records.setSession({ ...newest, label: before?.label ?? row.label })
}

function end(records: Records, login: string, until: number): void {
  records.setEnded(login, until)
  records.removeSession(login)
}

function markAll(records: Records, now: number, except: string | undefined, until: number): void {
  records.setMark(laterMark(records.mark(), now, except), until)
  for (const { login } of records.sessions()) if (login !== except) records.removeSession(login)
}
