/** Sections 4 to 6 of docs/wire-format.md: what one cookie says. */
import { base36, timeOf } from './ids.ts'
import type { Json, JsonObject } from './json.ts'
import { type Op, parseOps } from './ops.ts'
import { isList, isObject, isPlain } from './values.ts'

export interface Fragment {
  readonly k: string
  readonly id: string
  readonly sid: string
  readonly sub: string | undefined
  readonly start: number
  readonly exp: number
  readonly g: number
  /** The first letters of the sids that it grew out of, without its own. */
  readonly f: readonly string[]
  readonly z: string | undefined
  /** When the hour of its key is over. */
  readonly sealedBefore: number
  /** What a tombstone tells of others. */
  readonly others: readonly Other[]
  readonly base: Base | undefined
  readonly log: Log | undefined
}

export interface Other {
  readonly name: string
  readonly isUsers: boolean
  readonly minutes: number
}

/** Horizon, serial, state, and what its lists remember. */
export interface Base {
  readonly h: string
  readonly n: number
  readonly d: JsonObject
  readonly m: Json
}

export interface Log {
  readonly since: string
  readonly after: readonly string[]
  readonly retired: readonly string[]
  readonly entries: readonly LogEntry[]
}

export interface LogEntry {
  readonly id: string
  readonly ops: readonly Op[]
}

const ENTRY_ID = /^[0-9a-z]{8}[\w-]{5}$/

class Invalid extends Error {}

function check(condition: boolean): asserts condition {
  if (!condition) throw new Invalid()
}

/** §4 to §6 */
export function decode(
  claims: JsonObject,
  own: string,
  sealedBefore: number,
): Fragment | undefined {
  try {
    return { ...decodeOrThrow(claims, own), sealedBefore }
  } catch (error) {
    if (error instanceof Invalid) return undefined
    throw error
  }
}

function decodeOrThrow(claims: JsonObject, own: string): Omit<Fragment, 'sealedBefore'> {
  checkHead(claims)
  const { k, sid, iat, exp, sub, g = 0, f = '', n = 0, d } = claims
  const { a = [], t, r = '', e = [], m = {} } = claims
  check(typeof sid === 'string' && typeof f === 'string')
  check(sub === undefined || typeof sub === 'string')
  const isShort = k === 'l' && iat === undefined
  const told = Math.round(Number(iat) * 1000)
  let before = `${base36(isShort ? Number(exp) * 1000 : told)}00000`
  const z = claims['z'] === undefined ? undefined : after(before, claims['z'])
  const readId = (text: Json | undefined): string => {
    before = after(before, text)
    return before
  }
  const readAll = (texts: Json): string[] => {
    check(isList(texts))
    return texts.map(readId)
  }
  const readLog = (since: string, after: readonly string[], state: JsonObject | undefined): Log => {
    if (t !== undefined) readAll(t)
    check(typeof r === 'string' && /^([\w-]{5})*$/.test(r) && isList(e))
    check(e.length > 0 || t !== undefined)
    const entries: LogEntry[] = []
    for (const item of e) {
      const [text, ...items] = isList(item) ? item : [item]
      const id = text === '' ? own : readId(text)
      const ops = isList(item) ? parseOps(items, state) : entries.at(-1)?.ops
      check(ops !== undefined && ops.length > 0 && ENTRY_ID.test(id))
      entries.push({ id, ops })
    }
    check(entries.every(({ id }, i) => i === 0 || (entries[i - 1]?.id ?? '') < id))
    return { since, after, retired: r.match(/.{5}/g) ?? [], entries }
  }
  const about = { id: own, sid, sub, start: told, exp: Number(exp) * 1000 }
  const common = { ...about, g: Number(g), f: f.match(/.{8}/g) ?? [], z, others: [] }
  if (k === 'x') {
    check(ENTRY_ID.test(own))
    const others = [...othersOf(claims['u'], true), ...othersOf(claims['y'], false)]
    return { k, ...common, others, base: undefined, log: undefined }
  }
  if (k === 'l') {
    const since = readId(claims['s'])
    const start = isShort ? timeOf(since) : told
    return { k, ...common, start, base: undefined, log: readLog(since, readAll(a), undefined) }
  }
  check(k === 'b' && isPlain(d) && isMemory(m))
  const h = readId(claims['h'])
  const hasLog = claims['e'] !== undefined || claims['r'] !== undefined
  return {
    k,
    ...common,
    base: { h, n: Number(n), d, m },
    log: hasLog ? readLog(h, [], d) : undefined,
  }
}

/** The next id of a front coded list. */
function after(before: string, text: Json | undefined): string {
  check(typeof text === 'string' && text.length >= 1 && text.length <= 13)
  const id = before.slice(0, 13 - text.length) + text
  check(ENTRY_ID.test(id))
  return id
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function othersOf(text: Json = '', isUsers: boolean): Other[] {
  check(typeof text === 'string' && /^([\w-]{9})*$/.test(text))
  return (text.match(/.{9}/g) ?? []).map((each) => {
    return { name: each.slice(0, 8), isUsers, minutes: BASE64URL.indexOf(each.slice(8)) }
  })
}

/** All but what only some kinds have. */
function checkHead({ v, k, sid, iat, exp, sub, g = 0, f = '', n = 0 }: JsonObject): void {
  const isTime = (time: Json | undefined) =>
    typeof time === 'number' && time >= 0 && time <= 8.64e12
  const isShort = k === 'l' && iat === undefined
  check(v === 1 && typeof sid === 'string' && (isShort || isTime(iat)) && isTime(exp))
  check(/^[\w-]+$/.test(sid) && sid.length === (isShort ? 11 : 22))
  check(sub === undefined || typeof sub === 'string')
  check(Number.isSafeInteger(g) && Number(g) >= -1 && Number.isSafeInteger(n) && Number(n) >= 0)
  check(typeof f === 'string' && /^([\w-]{8})*$/.test(f))
}

function isMemory(memory: Json): boolean {
  if (!isObject(memory)) return false
  const { $ = [], m = {} } = memory
  return isList($) && $.every(isRemembered) && isPlain(m) && Object.values(m).every(isMemory)
}

function isRemembered(item: Json): boolean {
  if (!isList(item) || item.length % 2 !== 1 || !Number.isSafeInteger(item[0])) return false
  return item.slice(1).every((each, i) => typeof each === (i % 2 === 0 ? 'string' : 'number'))
}
