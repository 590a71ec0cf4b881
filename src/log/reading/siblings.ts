/**
 * First visits: the requests of a page that had no session yet start one each, and none of them knows of the others.
 * What they hold is merged as if all had written into the first of them.
 */
import { toPointer } from '../../tree/pointer.ts'
import { child, equal, type TreeObject } from '../../tree/tree.ts'
import { SIBLINGS_SECONDS } from '../format/clocks.ts'
import {
  type BaseFragment,
  type Fragment,
  isBase,
  isOfFirstVisit,
  type Log,
  type LogFragment,
  type Op,
  type SessionIdentity,
} from '../format/fragment.ts'
import { digestOf, startId } from '../format/ids.ts'
import { chooseBase, wholeOf, withoutTaken } from './base.ts'

/**
 * The sessions that started together with one, itself included, the first one first. Not those of users, nor any that
 * grew out of another or had not seen the same end.
 */
export function siblingsOf(
  one: SessionIdentity,
  all: readonly SessionIdentity[],
): readonly SessionIdentity[] {
  if (!isOfFirstVisit(one)) return [one]
  const alike = all.filter((other) => isAlike(one, other)).sort((a, b) => a.start - b.start)
  const at = alike.findIndex(({ sid }) => sid === one.sid)
  const near = (a: SessionIdentity | undefined, b: SessionIdentity | undefined) =>
    a !== undefined && b !== undefined && b.start - a.start <= SIBLINGS_SECONDS * 1000
  let [first, last] = [at, at]
  while (near(alike[first - 1], alike[first])) first--
  while (near(alike[last], alike[last + 1])) last++
  return alike.slice(first, last + 1).sort((a, b) => (startId(a) < startId(b) ? -1 : 1))
}

function isAlike(a: SessionIdentity, b: SessionIdentity): boolean {
  return (
    b.subject === undefined &&
    b.generation === a.generation &&
    b.seen === a.seen &&
    b.from.join() === a.from.join()
  )
}

/** Whether a base is not the first one of its session. */
export function hasSettled({ horizon, identity }: BaseFragment): boolean {
  return horizon !== startId(identity)
}

/**
 * Whether a first base has taken entries: it tells so by the digest of its own horizon.
 */
export function hasTaken({ log, identity }: BaseFragment): boolean {
  return log?.retired.includes(digestOf(startId(identity))) === true
}

/** Whether what a base began with cannot be told from what came later: its session is no sibling, but counts by itself. */
export function countsByItself(base: BaseFragment): boolean {
  return hasSettled(base) || hasTaken(base)
}

/**
 * The fragments of siblings as logs of the session that counts. The first base of each is an entry of its time, which
 * what was written upon it names as its parent. Not what has settled in a later base: it may stand in other cookies as
 * well, and would count twice.
 */
export function adopted(siblings: readonly Fragment[], chosen: BaseFragment): readonly Fragment[] {
  const sids = new Set(siblings.map(({ identity }) => identity.sid))
  return [...sids].flatMap((sid) =>
    adoptedOf(
      siblings.filter(({ identity }) => identity.sid === sid),
      chosen,
    ),
  )
}

function adoptedOf(own: readonly Fragment[], chosen: BaseFragment): readonly Fragment[] {
  const base = chooseBase(own.filter(isBase), own)
  if (base && countsByItself(base)) return []
  const since = startId(chosen.identity)
  return own.flatMap((fragment): LogFragment[] => {
    const { id, expires } = fragment
    const log = fragment === base ? fromBase(base, chosen) : besideBase(fragment, base)
    return log
      ? [{ kind: 'log', id, identity: chosen.identity, expires, log: { ...log, since } }]
      : []
  })
}

/** A log without what the base of its session has already. */
function besideBase(fragment: Fragment, base: BaseFragment | undefined): Log | undefined {
  const log = base ? withoutTaken(fragment, base) : wholeOf(fragment)
  const first = startId(fragment.identity)
  return log && { ...log, parents: [...new Set([first, ...log.parents])].sort() }
}

function fromBase({ identity, state, log }: BaseFragment, chosen: BaseFragment): Log {
  const first = startId(identity)
  const ops = differing(state, chosen.state).map(
    ([key, value]): Op => ({ kind: 'fill', path: toPointer([key]), value }),
  )
  const entries = [...(ops.length > 0 ? [{ id: first, ops }] : []), ...(log?.entries ?? [])]
  return {
    since: first,
    parents: [],
    heads: log?.heads ?? [first],
    retired: [...(ops.length > 0 ? [] : [digestOf(first)]), ...(log?.retired ?? [])].sort(),
    entries,
  }
}

function differing(
  state: TreeObject,
  other: TreeObject,
): (readonly [string, TreeObject[string]])[] {
  return Object.entries(state).filter(([key, value]) => {
    const there = child(other, key)
    return there === undefined || !equal(there, value)
  })
}
