/**
 * Fragments ↔ claims: the JSON text that is sealed into a cookie, with JWT names where they exist
 * (RFC 7519 §4.1). `docs/wire-format.md` is the specification.
 */

import { isArray, isObject, isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
import { decodeEntries, encodeEntries } from './entry-codes.ts'
import {
  type Base,
  type BaseFragment,
  type Ended,
  type Fragment,
  isOfFirstVisit,
  isUnnamed,
  type Log,
  type LogFragment,
  PROVISIONAL,
  type SessionIdentity,
  SHORT_SID_LENGTH,
} from './fragment.ts'
import { IdReader, IdWriter, isEntryId } from './id-chain.ts'
import { startId, timeOf } from './ids.ts'
import { decodeMemory, encodeMemory } from './memory.ts'

/** The wire format that this release writes and reads: the claim `v`. */
export const FORMAT_VERSION = 1

const KIND_CODES = { base: 'b', log: 'l', tombstone: 'x' } as const

/** The JSON text of a fragment's claims. */
export function encodeClaims(fragment: Fragment): string {
  const { kind, id, identity, expires } = fragment
  const isShort = kind === 'log' && (isUnnamed(fragment) || !tellsAll(fragment))
  const ids = new IdWriter(isShort ? wholeSeconds(expires) : identity.start)
  const claims: Record<string, Tree> = {
    v: FORMAT_VERSION,
    k: KIND_CODES[kind],
    sid: isShort ? identity.sid.slice(0, SHORT_SID_LENGTH) : identity.sid,
    jti: id,
    ...(isShort ? {} : { iat: identity.start / 1000 }),
    exp: wholeSeconds(expires) / 1000,
  }
  if (!isShort) encodeIdentity(identity, claims)
  if (kind === 'tombstone') Object.assign(claims, encodeOthers(fragment.others ?? []))
  if (kind === 'log') {
    const { since, parents } = fragment.log
    claims['s'] = ids.write(since)
    if (parents.length > 0) claims['a'] = parents.map((parent) => ids.write(parent))
    encodeLog(fragment.log, claims, ids, id, undefined)
  }
  if (kind === 'base') {
    const { horizon, serial, state, log, memory } = fragment
    claims['h'] = ids.write(horizon)
    if (serial > 0) claims['n'] = serial
    if (log) encodeLog(log, claims, ids, id, state)
    if (memory) claims['m'] = encodeMemory(memory, timeOf(horizon))
    claims['d'] = state
  }
  return JSON.stringify(claims)
}

/**
 * Whether a log tells all of its session: that of a sibling counts although its base may be gone. Of all others the base
 * must be there, and tells it.
 */
function tellsAll({ identity, log }: LogFragment): boolean {
  return isOfFirstVisit(identity) && log.since === startId(identity)
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}

/** What a base tells of its session beside its id and its start. */
function encodeIdentity(identity: SessionIdentity, claims: Record<string, Tree>): void {
  const { subject, generation, from, seen, start } = identity
  if (subject !== undefined) claims['sub'] = subject
  if (generation !== 0) claims['g'] = generation
  if (from.length > 0) claims['f'] = from.join('')
  if (seen !== undefined) claims['z'] = new IdWriter(start).write(seen)
}

function encodeLog(
  { heads, retired, entries }: Log,
  claims: Record<string, Tree>,
  ids: IdWriter,
  own: string,
  settled: TreeObject | undefined,
): void {
  const newest = entries.at(-1)?.id
  if (heads.length !== 1 || heads[0] !== newest)
    claims['t'] = heads.map((entry) => ids.write(entry))
  if (retired.length > 0) claims['r'] = retired.join('')
  if (entries.length > 0) claims['e'] = encodeEntries(entries, ids, own, settled)
}

/** The fragment of claims, or `undefined` where they are not of format 1. Never throws. */
export function decodeClaims(text: string): Fragment | undefined {
  let claims: Tree
  try {
    claims = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(claims) || claims['v'] !== FORMAT_VERSION) return undefined
  const { k, jti, exp, n = 0 } = claims
  if (typeof jti !== 'string' || !isTime(exp) || !isCount(n)) return undefined
  if (k === 'l' && claims['iat'] === undefined) return decodeShort(claims, jti, exp * 1000)
  const identity = decodeIdentity(claims)
  if (!identity) return undefined
  const common = { id: jti, identity, expires: exp * 1000 }
  switch (k) {
    case 'x': {
      if (!isEntryId(jti)) return undefined
      const others = decodeOthers(claims)
      return others && { kind: 'tombstone', ...common, ...(others.length > 0 ? { others } : {}) }
    }
    case 'l': {
      const log = decodeLogAlone(claims, new IdReader(identity.start), jti)
      return log && { kind: 'log', ...common, log }
    }
    case 'b': {
      const base = decodeBase(claims, n, new IdReader(identity.start), jti)
      return base && { kind: 'base', ...common, ...base }
    }
    default:
      return undefined
  }
}

/** A log that tells only the beginning of its session's id: its base tells the rest. */
function decodeShort(
  { sid, ...claims }: TreeObject,
  id: string,
  expires: number,
): LogFragment | undefined {
  if (typeof sid !== 'string' || !/^[\w-]{11}$/.test(sid)) return undefined
  const log = decodeLogAlone(claims, new IdReader(expires), id)
  if (!log) return undefined
  const start = timeOf(log.since)
  const identity = { sid, start, generation: 0, from: [], subject: undefined }
  return { kind: 'log', id, identity, expires, log }
}

function decodeIdentity(claims: TreeObject): SessionIdentity | undefined {
  const { sid, iat, sub, g = 0, f = '', z } = claims
  if (typeof sid !== 'string' || !/^[\w-]{22}$/.test(sid) || !isTime(iat)) return undefined
  if (sub !== undefined && typeof sub !== 'string') return undefined
  if (!isGeneration(g)) return undefined
  if (typeof f !== 'string' || !/^(?:[\w-]{8})*$/.test(f)) return undefined
  const start = Math.round(iat * 1000)
  const identity = { sid, start, generation: g, from: f.match(/.{8}/g) ?? [], subject: sub }
  if (z === undefined) return identity
  const seen = new IdReader(start).read(z)
  return seen === undefined ? undefined : { ...identity, seen }
}

/** For how many minutes at most a tombstone can tell of others: the letters of base64url. */
const MINUTES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The sids of users' sessions in one claim, those of anonymous ones in the other, each with a letter for the minutes. */
function encodeOthers(others: readonly Ended[]): Record<string, Tree> {
  const text = (wanted: boolean) =>
    others
      .filter(({ hadSubject }) => hadSubject === wanted)
      .map(({ sid, minutes }) => `${sid}${MINUTES.charAt(minutes)}`)
      .join('')
  const [users, anonymous] = [text(true), text(false)]
  return { ...(users ? { u: users } : {}), ...(anonymous ? { y: anonymous } : {}) }
}

function decodeOthers({ u = '', y = '' }: TreeObject): Ended[] | undefined {
  const isList = (text: Tree) => typeof text === 'string' && /^(?:[\w-]{9})*$/.test(text)
  if (!isList(u) || !isList(y)) return undefined
  const all = (text: Tree, hadSubject: boolean) =>
    (String(text).match(/.{9}/g) ?? []).map((item) => {
      const minutes = MINUTES.indexOf(item.charAt(8))
      return { sid: item.slice(0, 8), hadSubject, minutes }
    })
  return [...all(u, true), ...all(y, false)]
}

function decodeLogAlone(claims: TreeObject, ids: IdReader, own: string): Log | undefined {
  const since = ids.read(claims['s'])
  const parents = ids.readAll(claims['a'])
  if (since === undefined || !parents) return undefined
  const log = decodeLog(claims, since, parents, ids, own, undefined)
  return log
}

function decodeBase(
  claims: TreeObject,
  serial: number,
  ids: IdReader,
  own: string,
): (Base & Pick<BaseFragment, 'log'>) | undefined {
  const { h, d, e, r, m } = claims
  const horizon = ids.read(h)
  if (horizon === undefined || !isPlain(d)) return undefined
  const memory = m === undefined ? undefined : decodeMemory(m, timeOf(horizon))
  if (m !== undefined && !memory) return undefined
  const base = { horizon, state: d, serial, memory, log: undefined }
  if (e === undefined && r === undefined) return base
  const log = decodeLog(claims, horizon, [], ids, own, d)
  return log && { ...base, log }
}

function decodeLog(
  claims: TreeObject,
  since: string,
  parents: readonly string[],
  ids: IdReader,
  own: string,
  settled: TreeObject | undefined,
): Log | undefined {
  const { t, r = '', e = [] } = claims
  const heads = ids.readAll(t)
  if (!heads || typeof r !== 'string' || !/^(?:[\w-]{5})*$/.test(r) || !isArray(e)) return undefined
  const entries = decodeEntries(e, ids, own, settled)
  if (!entries) return undefined
  const newest = entries.at(-1)?.id
  if (t === undefined && newest === undefined) return undefined
  return {
    since,
    parents,
    heads: t === undefined && newest !== undefined ? [newest] : heads,
    retired: r.match(/.{5}/g) ?? [],
    entries,
  }
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
