/** Sections 6 and 8 of docs/wire-format.md: the state after entries, with what the overflow store has. */
import type { Json, JsonObject } from './json.ts'
import { base64url, parse, type ReadOptions, unseal } from './keys.ts'
import { applyOp, type Op, stepOf } from './ops.ts'
import { Place } from './places.ts'
import { isList, isObject, kindOf } from './values.ts'

export interface Entry {
  /** In seconds after the horizon. */
  readonly time: number
  readonly ops: readonly Op[]
}

export interface Replayed {
  readonly state: JsonObject
  /** Keys of the state that cannot be read. */
  readonly missing: readonly string[]
}

/** `fetched` has what {@link fetchAll} found. */
export function replay(
  state: JsonObject,
  memory: Json,
  entries: readonly Entry[],
  fetched: ReadonlyMap<string, Json>,
): Replayed {
  const root = new Place(state, memory)
  const inside = root.open()
  if (inside?.kind !== 'object') return { state, missing: [] }
  const missing = new Set<string>()
  for (const [key, place] of inside.at) {
    const check = checkOf(place.json)
    if (!check) continue
    const value = fetched.get(check.key)
    if (value === undefined) missing.add(key)
    else place.json = value
  }
  for (const { time, ops } of entries) {
    if (ops.some(({ code, path }) => code === '!' && isClaimed(inside.at, path))) continue
    for (const op of ops) {
      if (op.code === '!') claim(inside.at, op.path)
      else {
        const key = stepOf(op.path.split('/')[0] ?? '').key
        if (startsAnew(op)) missing.delete(key)
        const value = missing.has(key) ? undefined : operandOf(op, fetched)
        if (value === undefined) missing.add(key)
        else applyOp(root, { ...op, value }, time)
      }
    }
  }
  const all = Array.from(inside.at, ([key, place]) => [key, place.value()] as const)
  return {
    state: Object.fromEntries(all.filter(([key]) => !missing.has(key))),
    missing: [...missing],
  }
}

function isClaimed(keys: ReadonlyMap<string, Place>, key: string): boolean {
  const claims = keys.get('~o')?.open()
  return claims?.kind === 'object' && claims.at.has(key)
}

function claim(keys: Map<string, Place>, key: string): void {
  const claims = keys.get('~o') ?? new Place({})
  keys.set('~o', claims)
  const inside = claims.open()
  if (inside?.kind === 'object') inside.at.set(key, new Place(1))
}

/** Whether an op takes the place of all that a key had. */
function startsAnew({ code, path, value }: Op): boolean {
  if (path.includes('/')) return false
  return '-*:'.includes(code) || (code === '=' && kindOf(value) === 'leaf' && !checkOf(value))
}

/** The value of an op; `undefined` where it is a claim check and not there. */
function operandOf({ code, value }: Op, fetched: ReadonlyMap<string, Json>): Json | undefined {
  const check = checkIn(code, value)
  const found = check && fetched.get(check.key)
  if (!check) return value
  if (!'<>'.includes(code)) return found
  if (!isList(found) || !isList(value)) return undefined
  return [...value.slice(0, -1), ...found]
}

function checkIn(code: string, value: Json): Check | undefined {
  if ('=*:?'.includes(code)) return checkOf(value)
  if (!isList(value) || !'<>'.includes(code)) return undefined
  const [only, ...others] = code === '<' ? value.slice(2) : value
  return others.length === 0 ? checkOf(only) : undefined
}

interface Check {
  readonly key: string
  readonly digest: string
}

function checkOf(json: Json | undefined): Check | undefined {
  const parts = isObject(json) ? json['$'] : undefined
  if (!isList(parts) || parts.length !== 4 || parts[0] !== 'c') return undefined
  const [, key, bytes, digest] = parts
  const isCheck = typeof key === 'string' && typeof bytes === 'number' && typeof digest === 'string'
  return isCheck ? { key, digest } : undefined
}

/** What the store has of all that a state and entries need, by its keys. */
export async function fetchAll(
  state: JsonObject,
  entries: readonly Entry[],
  store: Readonly<Record<string, string>>,
  options: ReadOptions,
): Promise<ReadonlyMap<string, Json>> {
  const operands = entries.flatMap(({ ops }) => ops.map(({ code, value }) => checkIn(code, value)))
  const checks = [...Object.values(state).map(checkOf), ...operands].flatMap((each) => each ?? [])
  const found = new Map<string, Json>()
  for (const check of checks) {
    const value = await fetched(check, store, options)
    if (value !== undefined) found.set(check.key, value)
  }
  return found
}

async function fetched(
  { key, digest }: Check,
  store: Readonly<Record<string, string>>,
  options: ReadOptions,
): Promise<Json | undefined> {
  const text = (await unseal(store[key] ?? '', options)) ?? ''
  const head = `{"v":1,"k":"o","jti":"${key}","d":`
  const value = new TextEncoder().encode(text.slice(head.length, -1))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', value))
  if (!text.startsWith(head) || base64url(hash).slice(0, 22) !== digest) return undefined
  return parse(text)?.['d']
}
