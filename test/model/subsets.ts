/** Invariant 4 as an attack: a client that sends whatever part of its cookies it likes. */
import { isBase, logOf } from '../../src/log/format/fragment.ts'
import { digestOf } from '../../src/log/format/ids.ts'
import type { Current } from '../../src/log/reading/merge.ts'
import type { Tree } from '../../src/tree/tree.ts'
import { seeded } from '../support/random.ts'
import { isList, isObject } from './naive.ts'
import { isReachable, type SessionRecord, Violation, type Writes } from './oracle.ts'
import { type Rules, rules as realRules } from './server.ts'
import type { Recorded, Recording } from './simulation.ts'

/** Checks every subset of the cookies that were ever set, or `most` random ones. Returns how many. */
export function attack(recording: Recording, most: number, rules: Rules = realRules): number {
  const cookies = distinct(recording.cookies)
  const all = 2 ** cookies.length
  const random = seeded(cookies.length)
  const count = Math.min(all, most)
  for (let n = 0; n < count; n++) {
    // Few cookies and many: the share of those that are sent differs.
    const share = 1 + random.below(9)
    const sent = cookies.filter((_, i) =>
      all <= most ? Math.floor(n / 2 ** i) % 2 === 1 : random.below(10) < share,
    )
    // A jar holds one cookie of each name.
    const byId = new Map(sent.map((cookie) => [cookie.fragment.id, cookie]))
    checkSubset(recording, [...byId.values()], rules)
  }
  return count
}

/** Sends each log with one base only. It must not apply unless that base has all its parents. */
export function withholdParents({ cookies }: Recording, rules: Rules = realRules): number {
  const bases = distinct(cookies.filter(({ fragment }) => isBase(fragment)))
  const logs = distinct(cookies.filter(({ fragment }) => fragment.kind === 'log'))
  let orphans = 0
  for (const log of logs) {
    const needed = seenBy(log.session, contentOf(log))
    for (const base of bases) {
      if (base.session !== log.session || (needed & ~contentOf(base)) === 0n) continue
      const { current } = rules.merge([base.fragment, log.fragment], 0)
      orphans++
      if (current?.fragments.some(({ id }) => id === log.fragment.id))
        throw new Violation(`a log applies without its parents\n${list([base, log])}`)
    }
  }
  return orphans
}

/**
 * Nodes that settled at different times come to the same: all that a session ever had, onto each of its bases. Returns
 * how many bases held what another one held as well.
 */
export function converge({ cookies, oracle }: Recording, rules: Rules = realRules): number {
  const all = distinct(cookies)
  const logs = all.filter(({ fragment }) => fragment.kind === 'log')
  const states = new Map<string, { readonly state: string; readonly base: Recorded }>()
  let same = 0
  for (const base of all.filter(({ fragment }) => isBase(fragment))) {
    const own = [base, ...logs.filter(({ session }) => session === base.session)]
    const { current } = rules.merge(
      own.map(({ fragment }) => fragment),
      0,
    )
    if (!current) throw new Violation('a base without a session')
    const shown = shownBy(current, own, base.session)
    const state = JSON.stringify(inOrder(current.state))
    const key = `${base.session.sid} ${shown}`
    const other = states.get(key)
    if (!other) states.set(key, { state, base })
    else if (other.state !== state)
      throw new Violation(`${state} and\n${other.state}\n${list([base, other.base, ...logs])}`)
    else same++
    const problem = oracle.problemOf(base.session, shown, current.state)
    if (problem !== undefined) throw new Violation(`${problem}\n${list(own)}`)
  }
  return same
}

/** The order of what is in an object does not count; that in a list, a map and a set does. */
function inOrder(tree: Tree): Tree {
  if (isList(tree)) return tree.map(inOrder)
  if (!isObject(tree)) return tree
  const members = Object.entries(tree).map(([key, value]): [string, Tree] => [key, inOrder(value)])
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Cookies that are the same count once. */
export function distinct(cookies: readonly Recorded[]): Recorded[] {
  const byText = new Map(cookies.map((cookie) => [cookie.text, cookie]))
  return [...byText.values()]
}

function checkSubset({ oracle }: Recording, sent: readonly Recorded[], rules: Rules): void {
  const { current } = rules.merge(
    sent.map(({ fragment }) => fragment),
    0,
  )
  if (!current) return
  const session = oracle.sessions.get(current.base.identity.sid)
  if (!session) throw new Violation('a session that nobody made')
  const shown = shownBy(current, sent, session)
  if (!isReachable(session, shown))
    throw new Violation(`a write shows without one that its request had seen\n${list(sent)}`)
  const problem = oracle.problemOf(session, shown, current.state)
  if (problem !== undefined) throw new Violation(`${problem}\n${list(sent)}`)
}

/** The writes that show in a view of some cookies. */
export function shownBy(
  current: Current,
  sent: readonly Recorded[],
  session: SessionRecord,
): Writes {
  const used = new Set(current.fragments.map(({ id }) => id))
  const base = sent.find(({ fragment }) => fragment.id === current.base.id)
  if (!base) throw new Violation('a base that nobody made')
  return sent
    .filter(({ fragment }) => used.has(fragment.id))
    .reduce(
      (shown, cookie) => shown | newer(session, contentOf(cookie), current.base.horizon),
      contentOf(base),
    )
}

/** The writes that a cookie holds: those that are settled in its base, and those in its log. */
function contentOf({ fragment, session, known }: Recorded): Writes {
  const horizon = isBase(fragment) ? fragment.horizon : undefined
  const log = logOf(fragment)
  const digests = new Set(log?.entries.map(({ id }) => digestOf(id)))
  for (const digest of log?.retired ?? []) digests.add(digest)
  return session.writes.reduce((set, { id }, i) => {
    const holds = (horizon !== undefined && id <= horizon) || digests.has(digestOf(id))
    return holds ? set | (known & (1n << BigInt(i))) : set
  }, 0n)
}

/** What the requests of some writes had seen, apart from these writes. */
function seenBy({ writes }: SessionRecord, set: Writes): Writes {
  return (
    writes.reduce((all, { seen }, i) => (set & (1n << BigInt(i)) ? all | seen : all), 0n) & ~set
  )
}

function newer({ writes }: SessionRecord, set: Writes, horizon: string): Writes {
  return writes.reduce((all, { id }, i) => (id > horizon ? all : all & ~(1n << BigInt(i))), set)
}

function list(cookies: readonly Recorded[]): string {
  return cookies.map(({ text }) => text).join('\n')
}
