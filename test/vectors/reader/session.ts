/**
 * A second reader of wire format 1, written from docs/wire-format.md alone: it imports nothing from src/.
 * That it finds in all vectors what the library finds shows that the page is complete. Sections are the page's.
 */
import { asLogs, choose } from './choose.ts'
import { type Base, decode, type Fragment } from './claims.ts'
import { firstId, isJoin, short, timeOf } from './ids.ts'
import type { JsonObject } from './json.ts'
import { parse, type ReadOptions, sealedBefore, unseal } from './keys.ts'
import { type Entry, fetchAll, type Replayed, replay } from './replay.ts'
import { isPlain } from './values.ts'

interface Found {
  readonly base: Base
  readonly entries: readonly Entry[]
  readonly sid: string
  readonly subject: string | undefined
  readonly start: number
  readonly expires: number
  readonly sealedBefore: number
}

export interface ReadSession extends Replayed {
  readonly sid: string
  readonly subject: string | undefined
  readonly began: number
  readonly expires: number
}

/** `store` is what is in the overflow store. */
export async function read(
  header: string,
  options: ReadOptions,
  store: Readonly<Record<string, string>>,
): Promise<ReadSession | undefined> {
  const all: Fragment[] = []
  for (const [id, token] of ownCookies(header, `${options.prefix}${options.name}.`)) {
    const claims = parse(await unseal(token, options))
    const fragment = claims?.['jti'] === id ? decode(claims, id, sealedBefore(token)) : undefined
    if (fragment) all.push(fragment)
  }
  const times = all.map((each) => Math.min(writtenAt(each), each.sealedBefore - 1))
  const now = Math.max(options.now, ...times)
  const found = session(named(all.filter((each) => isTimely(each, now, options))), now)
  if (!found) return undefined
  const { base, entries, sid, subject } = found
  const fetched = await fetchAll(base.d, entries, store, options)
  const replayed = replay(base.d, base.m, entries, fetched)
  const { began, until } = limitsOf(replayed.state, found, options)
  const expires = Math.min(found.expires, until)
  return expires > now ? { sid, subject, began, expires, ...replayed } : undefined
}

/** §1; `prefix` is all that stands before the ids. */
export function ownCookies(header: string, prefix: string): [string, string][] {
  const found = new Map<string, string>()
  for (const pair of header.split(';').map((text) => text.trim())) {
    const [name = '', value] = pair.split(/=(.*)/s)
    const id = name.slice(prefix.length)
    if (!name.startsWith(prefix) || !value || found.has(id)) continue
    if (/^([\w-]{8}|[\w-]{13})$/.test(id) && name.length + value.length <= 4096)
      found.set(id, value)
  }
  return limited([...found], prefix)
}

/** §1: which of too many are used. */
function limited(found: readonly [string, string][], prefix: string): [string, string][] {
  const length = (id: string, value: string) => prefix.length + id.length + value.length
  const all = found.reduce((sum, [id, value]) => sum + length(id, value), 0)
  if (found.length <= 64 && all <= 32_768) return [...found]
  const long = found.filter(([, value]) => value.length >= 100).sort(([a], [b]) => (a < b ? -1 : 1))
  const timed = long.filter(([id]) => id.length > 8)
  const order = long.filter(([id]) => id.length === 8)
  for (let first = true; timed.length > 0; first = !first) {
    const next = first ? timed.shift() : timed.pop()
    if (next) order.push(next)
  }
  const used: [string, string][] = []
  let left = 32_768
  for (const [id, value] of [...order, ...found.filter((each) => each[1].length < 100)]) {
    if (used.length >= 64 || length(id, value) > left) continue
    used.push([id, value])
    left -= length(id, value)
  }
  return used
}

/** §9, step 1 */
function writtenAt({ k, id, start, base, log }: Fragment): number {
  if (k === 'x') return timeOf(id)
  const newest = log?.entries.at(-1)?.id ?? base?.h
  return Math.max(start, newest === undefined ? 0 : timeOf(newest))
}

/** §9, step 2 */
function isTimely(fragment: Fragment, now: number, { maxAbsolute }: ReadOptions): boolean {
  const { k, exp, start } = fragment
  if (now >= (k === 'x' ? exp : start + maxAbsolute)) return false
  return writtenAt(fragment) <= now + 61_000
}

/** The end of step 2: short logs are of the session of a base. */
function named(fragments: readonly Fragment[]): readonly Fragment[] {
  const bases = new Map(fragments.filter(({ k }) => k === 'b').map((b) => [b.sid.slice(0, 11), b]))
  return fragments.flatMap((each): Fragment[] => {
    if (each.sid.length === 22) return [each]
    const base = bases.get(each.sid)
    if (!base) return []
    const { sid, sub, start, g, f, z } = base
    return [{ ...each, sid, sub, start, g, f, z }]
  })
}

/** §9, steps 3 to 9 */
function session(fragments: readonly Fragment[], now: number): Found | undefined {
  const alive = new Set(fragments.filter(({ exp }) => exp + 300_000 > now).map(({ sid }) => sid))
  const there = fragments.filter(({ sid }) => alive.has(sid))
  const aside = fragments.filter((each) => each.base && !alive.has(each.sid))
  const chosen = choose(there, aside)
  const newest = baseOf(there.filter(({ sid }) => sid === chosen?.sid))
  if (!chosen || !newest?.base) return undefined
  const { base, sid, sub: subject, start } = newest
  const { h } = base
  const own = [
    ...there.filter((each) => each.sid === sid),
    ...chosen.siblings.flatMap((sibling) => {
      const all = there.filter((each) => each.sid === sibling)
      return asLogs(all, baseOf(all), firstId(newest), base.d)
    }),
  ]
  const applied = applicable(own, newest, h)
  const used = own.filter((each) => each.base || applied.includes(each))
  const expires = Math.max(...used.map(({ exp }) => exp))
  if (expires <= now) {
    const later = fragments.filter((each) => each.sid !== sid && each.start >= expires)
    if (!later.some((each) => each.base)) return undefined
    const ends = fragments.filter((each) => each.k === 'x' && !later.includes(each))
    return session([...later, ...ends], now)
  }
  const sealed = Math.max(...used.map((each) => each.sealedBefore))
  const entries = entriesOf(applied, newest)
  return { base, entries, sid, subject, start, expires, sealedBefore: sealed }
}

/** §9, step 8 */
function entriesOf(applied: readonly Fragment[], newest: Fragment): Entry[] {
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
  const h = newest.base?.h ?? ''
  const ids = [...entries.keys()].filter((id) => id > h).sort()
  return ids.map((id) => ({
    time: Math.floor(timeOf(id) / 1000) - Math.ceil(timeOf(h) / 1000),
    ops: entries.get(id) ?? [],
  }))
}

/** §9, step 5 */
function baseOf(own: readonly Fragment[]): Fragment | undefined {
  const bases = own.filter(({ base }) => base)
  const h = bases.reduce((latest, { base }) => (base && base.h > latest ? base.h : latest), '')
  const latest = bases.filter(({ base }) => base?.h === h)
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
function applicable(own: readonly Fragment[], newest: Fragment, h: string): Fragment[] {
  const first = firstId(newest)
  const applied = new Set<Fragment>()
  const present = new Set<string>()
  for (let before = -1; before !== applied.size; ) {
    before = applied.size
    for (const fragment of own) {
      const { log } = fragment
      if (!log || log.since > h || applied.has(fragment)) continue
      const isThere = (parent: string) =>
        parent === h || (parent < h && h !== first) || present.has(short(parent))
      if (!log.after.every(isThere)) continue
      applied.add(fragment)
      for (const text of [...log.entries.map(({ id }) => short(id)), ...log.retired])
        present.add(text)
    }
  }
  return [...applied]
}

/** §9, step 10 */
function limitsOf(
  state: JsonObject,
  { start, sealedBefore: sealed }: Found,
  { idle, absolute, maxIdle, maxAbsolute }: ReadOptions,
): { readonly began: number; readonly until: number } {
  const own = isPlain(state['~l']) ? state['~l'] : {}
  const ms = (key: string) => (typeof own[key] === 'number' ? own[key] * 1000 : undefined)
  const longest = Math.min(ms('x') ?? absolute, maxAbsolute)
  const unused = Math.min(ms('i') ?? idle, maxIdle, longest)
  const began = Math.min(start, Math.round(ms('b') ?? start))
  return { began, until: Math.min(began + longest, sealed + unused) }
}
