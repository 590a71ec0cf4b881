/**
 * Fragments ↔ claims: the JSON text that is sealed into a cookie, with JWT names where they exist
 * (RFC 7519 §4.1). `docs/wire-format.md` is the specification.
 */
import { type Entry, type Fragment, type Log, type Op, PROVISIONAL } from './fragment.ts'
import { IdReader, IdWriter, isEntryId } from './id-chain.ts'
import { valueAt } from './pointer.ts'
import { equal, isArray, isObject, isPlain, type Tree, type TreeObject } from './tree.ts'

/** The wire format that this release writes and reads: the claim `v`. */
export const FORMAT_VERSION = 1

/** The JSON text of a fragment's claims. */
export function encodeClaims(fragment: Fragment): string {
  const { id, head, expires, base, log, tombstone } = fragment
  const ids = new IdWriter(head.start)
  const claims: Record<string, Tree> = {
    v: FORMAT_VERSION,
    k: tombstone ? 'x' : base ? 'b' : 'l',
    sid: head.sid,
    jti: id,
    iat: head.start / 1000,
    exp: Math.floor(expires / 1000),
  }
  if (head.subject !== undefined) claims['sub'] = head.subject
  if (head.generation !== 0) claims['g'] = head.generation
  if (head.from.length > 0) claims['f'] = head.from.join('')
  if (base) claims['h'] = ids.write(base.horizon)
  if (base && base.serial > 0) claims['n'] = base.serial
  if (log) {
    if (!base) {
      claims['s'] = ids.write(log.since)
      if (log.after.length > 0) claims['a'] = log.after.map((parent) => ids.write(parent))
    }
    const newest = log.entries.at(-1)?.id
    if (log.tips.length !== 1 || log.tips[0] !== newest)
      claims['t'] = log.tips.map((tip) => ids.write(tip))
    if (log.retired.length > 0) claims['r'] = log.retired.join('')
    if (log.entries.length > 0) {
      claims['e'] = log.entries.map((entry) => encodeEntry(entry, ids, id, base?.state))
    }
  }
  if (base) claims['d'] = base.state
  return JSON.stringify(claims)
}

function encodeEntry(
  entry: Entry,
  ids: IdWriter,
  own: string,
  settled: TreeObject | undefined,
): Tree {
  const parts: Tree[] = [entry.id === own ? '' : ids.write(entry.id)]
  for (const op of entry.ops) {
    switch (op.kind) {
      case 'set':
        // The state of the same cookie already shows it: only the path is told.
        if (settled && equal(valueAt(settled, op.path), op.value)) parts.push(`:${op.path}`)
        else parts.push(`=${op.path}`, op.value)
        break
      case 'fill':
        parts.push(`?${op.path}`, op.value)
        break
      case 'delete':
        parts.push(`-${op.path}`)
        break
      case 'increment':
        parts.push(`+${op.path}`, op.by)
        break
      case 'append':
        parts.push(`>${op.path}`, op.items)
    }
  }
  return parts
}

/** The fragment of claims, or `undefined` where they are not of format 1. Never throws. */
export function decodeClaims(text: string): Fragment | undefined {
  let claims: Tree
  try {
    claims = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(claims)) return undefined
  const { v, k, sid, jti, iat, exp, sub, g = 0, f = '', h, n = 0, d } = claims
  if (v !== FORMAT_VERSION || typeof sid !== 'string' || !/^[\w-]{22}$/.test(sid)) return undefined
  if (typeof jti !== 'string' || !isTime(iat) || !isTime(exp)) return undefined
  if (sub !== undefined && typeof sub !== 'string') return undefined
  if (!isGeneration(g) || !isCount(n)) return undefined
  if (typeof f !== 'string' || !/^(?:[\w-]{8})*$/.test(f)) return undefined
  const start = Math.round(iat * 1000)
  const fragment = {
    id: jti,
    head: { sid, start, generation: g, from: f.match(/.{8}/g) ?? [], subject: sub },
    expires: exp * 1000,
  }
  const ids = new IdReader(start)
  if (k === 'x') return { ...fragment, base: undefined, log: undefined, tombstone: true }
  if (k === 'l') {
    const since = ids.read(claims['s'])
    const after = ids.readAll(claims['a'])
    const log =
      since !== undefined && after
        ? decodeLog(claims, since, after, ids, jti, undefined)
        : undefined
    return log && log.entries.length > 0
      ? { ...fragment, base: undefined, log, tombstone: false }
      : undefined
  }
  if (k !== 'b' || !isPlain(d)) return undefined
  const horizon = ids.read(h)
  if (horizon === undefined) return undefined
  const base = { horizon, state: d, serial: n }
  if (claims['e'] === undefined && claims['r'] === undefined)
    return { ...fragment, base, log: undefined, tombstone: false }
  const log = decodeLog(claims, horizon, [], ids, jti, d)
  return log ? { ...fragment, base, log, tombstone: false } : undefined
}

function decodeLog(
  claims: TreeObject,
  since: string,
  after: readonly string[],
  ids: IdReader,
  own: string,
  settled: TreeObject | undefined,
): Log | undefined {
  const { t, r = '', e = [] } = claims
  const tips = ids.readAll(t)
  if (!tips || typeof r !== 'string' || !/^(?:[\w-]{5})*$/.test(r) || !isArray(e)) return undefined
  const entries: Entry[] = []
  for (const item of e) {
    const entry = decodeEntry(item, ids, own, settled)
    const before = entries.at(-1)
    if (!entry || (before && before.id >= entry.id)) return undefined
    entries.push(entry)
  }
  const newest = entries.at(-1)?.id
  if (t === undefined && newest === undefined) return undefined
  return {
    since,
    after,
    tips: t === undefined && newest !== undefined ? [newest] : tips,
    retired: r.match(/.{5}/g) ?? [],
    entries,
  }
}

function decodeEntry(
  parts: Tree,
  ids: IdReader,
  own: string,
  settled: TreeObject | undefined,
): Entry | undefined {
  if (!isArray(parts)) return undefined
  const id = parts[0] === '' ? own : ids.read(parts[0])
  if (id === undefined || !isEntryId(id)) return undefined
  const ops: Op[] = []
  for (let i = 1; i < parts.length; ) {
    const coded = parts[i++]
    if (typeof coded !== 'string') return undefined
    const path = coded.slice(1)
    switch (coded[0]) {
      case ':': {
        const value = settled && valueAt(settled, path)
        if (value === undefined) return undefined
        ops.push({ kind: 'set', path, value })
        break
      }
      case '=': {
        const value = parts[i++]
        if (value === undefined) return undefined
        ops.push({ kind: 'set', path, value })
        break
      }
      case '?': {
        const value = parts[i++]
        if (value === undefined) return undefined
        ops.push({ kind: 'fill', path, value })
        break
      }
      case '-':
        ops.push({ kind: 'delete', path })
        break
      case '+': {
        const by = parts[i++]
        if (typeof by !== 'number' || !Number.isFinite(by)) return undefined
        ops.push({ kind: 'increment', path, by })
        break
      }
      case '>': {
        const items = parts[i++]
        if (!isArray(items)) return undefined
        ops.push({ kind: 'append', path, items })
        break
      }
      default:
        return undefined
    }
  }
  return ops.length > 0 ? { id, ops } : undefined
}

function isCount(value: Tree): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isGeneration(value: Tree): value is number {
  return value === PROVISIONAL || isCount(value)
}

/** The last time that a `Date` can hold. */
const LATEST_SECONDS = 8_640_000_000_000

function isTime(value: Tree | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= LATEST_SECONDS
}
