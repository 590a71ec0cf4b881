/** What must hold of how sessions start and end, told by what was sent and what arrived, not by how it is done. */
import { isBase } from '../../src/log/format/fragment.ts'
import type { View } from '../../src/log/reading/merge.ts'
import type { Visit, World } from './lives.ts'
import { Violation } from './oracle.ts'

/** By this much, in ms, the clocks of two nodes may tell another order than that in which requests were sent. */
const SPREAD_MS = 62_000

export interface Promises {
  /** Whether clocks are right within 30 s: then logins that did not see each other count in their order. */
  readonly inOrder: boolean
}

/** Whether it ends a session. What it starts then, if anything, is another one. */
const isLogout = ({ deed, view }: Visit) =>
  deed === 'logout' || (deed === 'leave' && view.current?.base.identity.subject !== undefined)

const isLogin = ({ deed }: Visit) => deed === 'ada' || deed === 'bob'

/** @throws Violation */
export function checkLives(world: World, view: View, at: number, { inOrder }: Promises): void {
  for (const each of [view, ...world.looks()]) checkData(world, each)
  const sid = view.current?.base.identity.sid
  if (sid !== undefined) {
    checkEnded(world, sid, view.current?.base.identity.subject)
    checkAge(world, sid)
  }
  checkReplaced(world, view)
  for (const login of world.visits.filter((each) => isLogin(each) && !each.withheld))
    checkLogin(world, login, view, at, inOrder)
}

/** No node shows a user what another one wrote, nor what another site sent. */
function checkData(world: World, { current }: View): void {
  const subject = current?.base.identity.subject
  for (const [key, owner] of Object.entries(current?.state ?? {})) {
    if (!key.startsWith('w')) continue
    if ((owner === 'ada' || owner === 'bob') && owner !== subject)
      throw new Violation(`what ${owner} wrote shows to ${subject ?? 'nobody'}`)
    if (owner === 'foreign' && !isWithheldLine(world, current?.base.identity.sid))
      throw new Violation('what another site sent shows in a session that it did not start')
  }
}

/** No session outlives its absolute timeout, which counts from its login, or else from its first start. */
function checkAge(world: World, sid: string): void {
  const line = lineOf(world, sid)
  const login = line.findIndex(isLogin)
  const first = login < 0 ? line.at(-1) : line[login]
  if (first && world.now - first.sentAt > world.longestMs)
    throw new Violation('a session outlived its absolute timeout')
}

/** The visits that led to a session, the newest first. */
function lineOf(world: World, sid: string | undefined): Visit[] {
  const line: Visit[] = []
  for (let at = sid; at !== undefined; ) {
    const founder = world.founders.get(at)
    if (!founder) break
    line.push(founder.visit)
    at = founder.parent
  }
  return line
}

function isWithheldLine(world: World, sid: string | undefined): boolean {
  return lineOf(world, sid).some(({ withheld }) => withheld)
}

function sidsOf({ fragments }: View): Set<string> {
  return new Set(
    fragments.flatMap(({ kind, identity }) => (kind === 'tombstone' ? [] : identity.sid)),
  )
}

/** No session shows that a logout ended, nor one of the same user whose login was sent before it. */
function checkEnded(world: World, sid: string, subject: string | undefined): void {
  const line = lineOf(world, sid)
  const founder = line[0]
  if (!founder) throw new Violation('a session that nobody started')
  for (const logout of world.visits) {
    if (!isLogout(logout) || logout.first === undefined) continue
    if (sidsOf(logout.view).has(sid)) throw new Violation('a session that had ended is back')
    const isThere = founder.first !== undefined && founder.first < logout.sent && !logout.withheld
    if (logout.view.unread && isThere && !isAgain(world, logout))
      throw new Violation(
        'a session is back that was there when a node logged out that could not read it',
      )
    const ended = logout.view.current?.base.identity.subject
    const isSame = subject !== undefined && subject === ended && !isAgain(world, logout)
    if (isSame && founder.sent < logout.sent && isLogin(founder) && !founder.withheld)
      throw new Violation('a login that was sent before the logout is back')
  }
}

/** A session and those that it grew out of. */
function formerOf(world: World, sid: string): string[] {
  const parent = world.founders.get(sid)?.parent
  return parent === undefined ? [sid] : [sid, ...formerOf(world, parent)]
}

/** Whether a session of a view is one of `sids`, or grew out of one. */
function grewOutOf(world: World, view: View, sids: ReadonlySet<string>): boolean {
  return [...sidsOf(view)].some((sid) => formerOf(world, sid).some((each) => sids.has(each)))
}

/** Whether a logout ends what one before it had ended, of which its node could not know, or nothing that it could read. */
function isAgain(world: World, logout: Visit): boolean {
  const sids = sidsOf(logout.view)
  return world.visits.some(
    (other) =>
      isLogout(other) &&
      other.first !== undefined &&
      !world.canRead(logout.node, other.node) &&
      (sids.size === 0 || grewOutOf(world, other.view, sids)),
  )
}

/**
 * Whether the node of a login could not read the tombstone of a logout of just before, or of one that ended what the
 * login went on with.
 */
function isUnread(world: World, login: Visit, logout: Visit): boolean {
  if (world.canRead(login.node, logout.node)) return false
  const sids = sidsOf(logout.view)
  const isJustBefore = logout.committedAt > login.sentAt - 2 * SPREAD_MS
  return isJustBefore || grewOutOf(world, login.view, sids)
}

/**
 * Whether a login was sent once more before the other was answered, as by a double click. One that another site sent
 * is no such click, and has no rank.
 */
function isDoubleOf(login: Visit, other: Visit | undefined): boolean {
  return (
    other?.started !== undefined &&
    !other.withheld &&
    other.deed === login.deed &&
    !sidsOf(login.view).has(other.started.sid) &&
    Math.abs(other.sentAt - login.sentAt) <= 1000
  )
}

/** The sessions that a request saw. Where cookies are of other secrets, the base may be among them: then it saw a part. */
function replacedBy({ view }: Visit): Set<string> {
  if (!view.unread) return sidsOf(view)
  return sidsOf({ ...view, fragments: view.fragments.filter(isBase) })
}

/** What has a successor that lives does not come back. */
function checkReplaced(world: World, { current, dropped }: View): void {
  const sid = current?.base.identity.sid
  for (const { fragment, reason } of dropped) {
    if (reason !== 'superseded' || fragment.kind !== 'base' || sid === undefined) continue
    const founder = world.founders.get(fragment.identity.sid)
    if (founder && replacedBy(founder.visit).has(sid))
      throw new Violation('a session that was replaced is back')
  }
}

function checkLogin(world: World, login: Visit, view: View, at: number, inOrder: boolean): void {
  if (login.last === undefined || login.last > at || !login.started) return
  const { sid } = login.started
  const shown = view.current?.base.identity.sid
  if (lineOf(world, shown).includes(login)) return
  // It may have expired.
  if (world.now - login.sentAt > world.quietMs) return
  const isExcused = world.visits.some((other) => {
    if (other === login || other.first === undefined || other.first > at) return false
    if (isLogout(other))
      return (
        other.first > login.sent || sidsOf(other.view).has(sid) || isUnread(world, login, other)
      )
    if (other.started && sidsOf(other.view).has(sid)) return true
    if (!isLogin(other) || other.withheld) return false
    if (inOrder && isDoubleOf(other, lineOf(world, login.view.current?.base.identity.sid)[0]))
      return false
    return !inOrder || other.sentAt > login.sentAt - SPREAD_MS
  })
  if (!isExcused) throw new Violation('a login was undone')
}
