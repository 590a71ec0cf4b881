/** Section 9 of docs/wire-format.md, step 4: which session counts, and its siblings. */
import type { Fragment, LogEntry, Other } from './claims.ts'
import { firstId, short } from './ids.ts'
import type { JsonObject } from './json.ts'
import { canonical } from './values.ts'

export interface Choice {
  readonly sid: string
  /** The sids of sessions that are one with it. */
  readonly siblings: readonly string[]
}

/** A session is what a fragment of it says, a base if there is one. */
export function choose(
  fragments: readonly Fragment[],
  aside: readonly Fragment[],
): Choice | undefined {
  const sessions = new Map<string, Fragment>()
  for (const each of fragments)
    if (each.base || !sessions.has(each.sid)) sessions.set(each.sid, each)
  const tombstones = fragments.filter(({ k }) => k === 'x')
  const living = [...sessions.values()].filter(
    (session) => !tombstones.some((tombstone) => ends(tombstone, session, tombstones)),
  )
  const based = living.filter(({ base }) => base)
  const followed = new Set([...based, ...aside].flatMap(({ f }) => f))
  const isFollowed = ({ sid }: Fragment) => followed.has(sid.slice(0, 8))
  const [best] = based.filter((each) => !isFollowed(each)).sort(byWorth)
  if (!best) return undefined
  const family =
    best.g === 0 && best.sub === undefined
      ? familyOf(
          best,
          living.filter((each) => !isFollowed(each)),
        )
      : [best]
  const bases = family.filter(({ base }) => base).sort((a, b) => (firstId(a) < firstId(b) ? -1 : 1))
  const isLater = ({ sid }: Fragment) =>
    fragments.some((each) => each.sid === sid && hasSettled(each))
  const first = bases.find(isLater) ?? bases[0] ?? best
  const sids = family.map(({ sid }) => sid)
  return { sid: first.sid, siblings: sids.filter((sid) => sid !== first.sid) }
}

/** The best comes first. */
function byWorth(a: Fragment, b: Fragment): number {
  const later = b.start - a.start || (a.sid > b.sid ? -1 : 1)
  return b.g - a.g || (a.g < 0 ? -later : later)
}

/** What a tombstone names. */
function namesOf({ sid, sub, f, others }: Fragment): readonly Other[] {
  const lineage = [sid.slice(0, 8), ...f]
  return [...lineage.map((name) => ({ name, isUsers: sub !== undefined, minutes: 0 })), ...others]
}

/** The names of a tombstone that end a session. */
function byName(tombstone: Fragment, session: Fragment): readonly Other[] {
  const own = session.sid.slice(0, 8)
  const isAnonymous = session.sub === undefined
  return namesOf(tombstone).filter(
    ({ name, isUsers }) => name === own || ((isUsers || isAnonymous) && session.f.includes(name)),
  )
}

function ends(tombstone: Fragment, session: Fragment, tombstones: readonly Fragment[]): boolean {
  if (byName(tombstone, session).length > 0) return true
  const isUsers = lastUserEnd(tombstone) === tombstone.id
  const end =
    session.sub === undefined || isUsers ? idOf(tombstone, tombstones) : lastUserEnd(tombstone)
  return end !== undefined && (session.z === undefined || session.z < end)
}

function lastUserEnd(tombstone: Fragment): string | undefined {
  const isOwn = namesOf(tombstone).some(({ isUsers, minutes }) => isUsers && minutes === 0)
  return isOwn ? tombstone.id : tombstone.z
}

/** The id of the first end of the session of a tombstone that any of them tells. */
function idOf(tombstone: Fragment, tombstones: readonly Fragment[]): string {
  const told = tombstones.flatMap((other) => {
    const names = other === tombstone ? [] : byName(other, tombstone)
    if (names.length === 0) return []
    const isFormer = names.every(({ isUsers, minutes }) => isUsers && minutes > 0)
    return (isFormer ? lastUserEnd(other) : other.id) ?? []
  })
  return told.reduce((lowest, id) => (id < lowest ? id : lowest), tombstone.id)
}

/** Whether what a base began with cannot be told from what came later. */
function hasSettled(each: Fragment): boolean {
  const first = firstId(each)
  return each.base
    ? each.base.h !== first || each.log?.retired.includes(short(first)) === true
    : false
}

/** The best and its siblings. */
function familyOf(best: Fragment, living: readonly Fragment[]): readonly Fragment[] {
  const alike = living
    .filter(({ sub, g, z }) => sub === undefined && g === best.g && z === best.z)
    .filter(({ f }) => f.join() === best.f.join())
    .sort((a, b) => a.start - b.start)
  const isFar = ({ start }: Fragment, i: number) => start - (alike[i - 1]?.start ?? start) > 70_000
  const at = alike.indexOf(best)
  const from = alike.findLastIndex((each, i) => i <= at && isFar(each, i))
  const to = alike.findIndex((each, i) => i > at && isFar(each, i))
  return alike.slice(Math.max(from, 0), to < 0 ? undefined : to)
}

/**
 * The fragments of a sibling as logs of the session that counts, which began with `since`.
 *
 * @param newest - the base of step 5 among them
 */
export function asLogs(
  own: readonly Fragment[],
  newest: Fragment | undefined,
  since: string,
  counting: JsonObject,
): Fragment[] {
  if (newest && hasSettled(newest)) return []
  const taken = newest?.log?.retired ?? []
  return own.flatMap((each) => {
    if (each === newest) return fromBase(each, since, counting)
    const { log } = each
    if (!log) return []
    const gone = new Set([...taken, ...(each.base ? log.retired : [])])
    const isGone = ({ id }: LogEntry) => gone.has(short(id))
    const entries = log.entries.filter((entry) => !isGone(entry))
    const retired = [...log.retired, ...log.entries.filter(isGone).map(({ id }) => short(id))]
    const after = [...log.after, firstId(each)]
    return { ...each, base: undefined, log: { ...log, since, after, entries, retired } }
  })
}

function fromBase(fragment: Fragment, since: string, counting: JsonObject): Fragment[] {
  const { base, log } = fragment
  if (!base) return []
  const own = firstId(fragment)
  const isThere = (key: string) =>
    Object.hasOwn(counting, key) &&
    canonical(counting[key] ?? null) === canonical(base.d[key] ?? null)
  const ops = Object.entries(base.d)
    .filter(([key]) => !isThere(key))
    .map(([key, value]) => {
      return { code: '?', path: key.replaceAll('~', '~0').replaceAll('/', '~1'), value }
    })
  const entries: LogEntry[] = ops.length > 0 ? [{ id: own, ops }] : []
  const retired = [...(ops.length > 0 ? [] : [short(own)]), ...(log?.retired ?? [])]
  entries.push(...(log?.entries ?? []))
  return [{ ...fragment, base: undefined, log: { since, after: [], retired, entries } }]
}
