/**
 * A second reader of wire format 1, written from docs/wire-format.md alone: it imports nothing from src/.
 * That it finds in all vectors what the library finds shows that the page is complete. Sections are the page's.
 */
import { type Base, decode, type Fragment } from './claims.ts'
import { parse, type ReadOptions, unseal } from './keys.ts'
import { type Entry, fetchAll, type Replayed, replay } from './replay.ts'
import { LETTERS } from './values.ts'

interface Found {
  readonly base: Base
  readonly entries: readonly Entry[]
  readonly sid: string
  readonly subject: string | undefined
  readonly start: number
  readonly expires: number
}

export interface ReadSession extends Omit<Found, 'base' | 'entries'>, Replayed {}

/** `store` is what is in the overflow store. */
export async function read(
  header: string,
  options: ReadOptions,
  store: Readonly<Record<string, string>>,
): Promise<ReadSession | undefined> {
  const fragments: Fragment[] = []
  for (const [id, token] of ownCookies(header, `${options.prefix}${options.name}.`)) {
    const claims = parse(await unseal(token, options))
    const fragment = claims && claims['jti'] === id ? decode(claims, id) : undefined
    if (fragment && isTimely(fragment, options)) fragments.push(fragment)
  }
  const found = session(fragments, options.now)
  if (!found) return undefined
  const { base, entries, ...about } = found
  const fetched = await fetchAll(base.d, entries, store, options)
  return { ...about, ...replay(base.d, base.m, entries, fetched) }
}

/** §1; `prefix` is all that stands before the ids. */
export function ownCookies(header: string, prefix: string): [string, string][] {
  const found = new Map<string, string>()
  for (const pair of header.split(';').map((text) => text.trim())) {
    const [name = '', value] = pair.split(/=(.*)/s)
    const id = name.slice(prefix.length)
    if (!name.startsWith(prefix) || value === undefined || found.has(id)) continue
    if (/^([\w-]{8}|[\w-]{13})$/.test(id) && name.length + value.length <= 4096)
      found.set(id, value)
  }
  return [...found].slice(0, 64)
}

/** §9, step 2 */
function isTimely(fragment: Fragment, { now, absolute }: ReadOptions): boolean {
  const { k, exp, start, base, log } = fragment
  if (now >= (k === 'x' ? exp : start + absolute)) return false
  const newest = log?.entries.at(-1)?.id ?? base?.h
  return Math.max(start, newest === undefined ? 0 : timeOf(newest)) <= now + 61_000
}

/** §9, steps 3 to 9 */
function session(fragments: readonly Fragment[], now: number): Found | undefined {
  const alive = new Set(fragments.filter(({ exp }) => exp + 300_000 > now).map(({ sid }) => sid))
  const tombstones = fragments.filter(({ k, sid }) => k === 'x' && alive.has(sid))
  const chosen = fragments
    .filter(({ base, sid }) => base && alive.has(sid))
    .filter((candidate) => tombstones.every((tombstone) => lives(candidate, tombstone)))
    .reduce<Fragment | undefined>((a, b) => (a && !isNewer(b, a) ? a : b), undefined)
  const own = fragments.filter(({ sid }) => sid === chosen?.sid)
  const newest = baseOf(own)
  if (!newest?.base) return undefined
  const { base } = newest
  const { h } = base
  const applied = applicable(own, h)
  const used = own.filter((each) => each.base || applied.includes(each))
  const expires = Math.max(...used.map(({ exp }) => exp))
  if (expires <= now) {
    const later = fragments.filter(({ sid, start }) => sid !== newest.sid && start >= expires)
    if (!later.some(({ base }) => base)) return undefined
    const ends = fragments.filter((each) => each.k === 'x' && !later.includes(each))
    return session([...later, ...ends], now)
  }
  const done = new Set(newest.log?.retired)
  const entries = new Map(
    applied.flatMap((each) =>
      (each.log?.entries ?? [])
        .filter(
          ({ id }) =>
            each === newest ||
            !(done.has(short(id)) || (each.base && each.log?.retired.includes(short(id)))),
        )
        .map(({ id, ops }) => [id, ops] as const),
    ),
  )
  const ids = [...entries.keys()].filter((id) => id > h).sort()
  const timed = ids.map((id) => ({
    time: Math.floor(timeOf(id) / 1000) - Math.ceil(timeOf(h) / 1000),
    ops: entries.get(id) ?? [],
  }))
  const { sid, sub: subject, start } = newest
  return { base, entries: timed, sid, subject, start, expires }
}

function isNewer(a: Fragment, b: Fragment): boolean {
  if (a.g !== b.g) return a.g > b.g
  return a.start !== b.start ? a.start > b.start : a.sid > b.sid
}

function lives(session: Fragment, tombstone: Fragment): boolean {
  if (session.sid === tombstone.sid) return false
  const related = session.lineage.some((sid) => tombstone.lineage.includes(sid))
  if (related && !(tombstone.sub === undefined && session.sub !== undefined)) return false
  return session.g < 0 ? session.start > timeOf(tombstone.id) : isNewer(session, tombstone)
}

/** §9, step 5 */
function baseOf(own: readonly Fragment[]): Fragment | undefined {
  const bases = own.filter(({ base }) => base)
  const h = bases.reduce((latest, { base }) => (base && base.h > latest ? base.h : latest), '')
  const latest = bases.filter(({ base }) => base?.h === h)
  const isJoin = (digest: string) => LETTERS.indexOf(digest.slice(4)) >= 56
  const gone = new Set(
    latest.flatMap(({ log }) => log?.retired.filter((digest) => !isJoin(digest)) ?? []),
  )
  for (const { base, log } of own)
    for (const { id } of log?.entries ?? [])
      if (!base || !log?.retired.includes(short(id))) gone.delete(short(id))
  const lacks = ({ log }: Fragment) =>
    [...gone].filter((digest) => !log?.retired.includes(digest)).length
  const [first] = latest.sort(
    (a, b) => lacks(a) - lacks(b) || (b.base?.n ?? 0) - (a.base?.n ?? 0) || (a.id < b.id ? -1 : 1),
  )
  return first
}

/** §9, step 6 */
function applicable(own: readonly Fragment[], h: string): Fragment[] {
  const applied = new Set<Fragment>()
  const present = new Set<string>()
  for (let before = -1; before !== applied.size; ) {
    before = applied.size
    for (const fragment of own) {
      const { log } = fragment
      if (!log || log.since > h || applied.has(fragment)) continue
      if (!log.after.every((parent) => parent <= h || present.has(short(parent)))) continue
      applied.add(fragment)
      for (const text of [...log.entries.map(({ id }) => short(id)), ...log.retired])
        present.add(text)
    }
  }
  return [...applied]
}

/** §5 */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 36)
}

function short(id: string): string {
  const step = Math.floor(timeOf(id) / 131)
  return `${LETTERS[Math.floor(step / 64) % 64]}${LETTERS[step % 64]}${id.slice(8, 11)}`
}
