/** Sections 6 to 8 of docs/wire-format.md: ops onto states, and from a state to data. */
import type { Json, JsonObject } from './json.ts'
import { base64url, parse, type ReadOptions, unseal } from './keys.ts'

export interface Op {
  readonly code: string
  readonly keys: readonly string[]
  readonly value: Json
}

export function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json)
}

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !isList(json)
}

export function isPlain(json: Json | undefined): json is JsonObject {
  return isObject(json) && !Object.hasOwn(json, '$')
}

/** The ops of an entry, or `undefined` where they are not valid. `state` is that of the same cookie. */
export function parseOps(items: readonly Json[], state: JsonObject | undefined): Op[] | undefined {
  const ops: Op[] = []
  for (let i = 0; i < items.length; ) {
    const text = items[i++]
    if (typeof text !== 'string') return undefined
    const code = text.charAt(0)
    const keys = text
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    let value: Json | undefined = null
    if (code === ':') value = keys.reduce(member, state)
    else if ('=?+>'.includes(code)) value = items[i++]
    else if (code !== '-') return undefined
    if (value === undefined) return undefined
    if (code === '+' && !Number.isFinite(value)) return undefined
    if (code === '>' && !isList(value)) return undefined
    ops.push({ code, keys, value })
  }
  return ops
}

function member(json: Json | undefined, key: string): Json | undefined {
  return isPlain(json) && Object.hasOwn(json, key) ? json[key] : undefined
}

export function applyOp(state: JsonObject, { code, keys, value }: Op): JsonObject {
  const [key = '', ...rest] = keys
  const before = member(state, key)
  if (rest.length > 0) {
    if (code === '-' && !isPlain(before)) return state
    return put(state, key, applyOp(isPlain(before) ? before : {}, { code, keys: rest, value }))
  }
  if (code === '-') return Object.fromEntries(Object.entries(state).filter(([at]) => at !== key))
  if (code === '+') {
    const total = (typeof before === 'number' ? before : 0) + Number(value)
    return put(state, key, Number.isFinite(total) ? total : Math.sign(total) * Number.MAX_VALUE)
  }
  if (code === '>' && isList(before) && isList(value)) return put(state, key, [...before, ...value])
  if (code === '?') return put(state, key, filled(before, value))
  return put(state, key, code === '>' ? value : merged(before, value))
}

function filled(before: Json | undefined, value: Json): Json {
  if (!isPlain(value)) return before === undefined ? value : before
  const present = isPlain(before) ? before : {}
  const all = Object.entries(value).map(([key, item]): [string, Json] => [
    key,
    filled(member(present, key), item),
  ])
  return { ...present, ...Object.fromEntries(all) }
}

function put(state: JsonObject, key: string, value: Json): JsonObject {
  return { ...state, [key]: value }
}

function merged(before: Json | undefined, value: Json): Json {
  if (!isPlain(value)) return value
  return Object.entries(value).reduce<JsonObject>(
    (at, [key, item]) => put(at, key, merged(member(at, key), item)),
    isPlain(before) ? before : {},
  )
}

/** What a state shows. */
export interface ReadData {
  readonly data: object
  readonly flashed: object
  readonly version: number
  /** Keys whose values cannot be fetched. */
  readonly missing: readonly string[]
}

/** §7 and §8; `store` is what is in the overflow store. */
export async function dataOf(
  state: JsonObject,
  store: Readonly<Record<string, string>>,
  options: ReadOptions,
): Promise<ReadData> {
  const data: [string, unknown][] = []
  const missing: string[] = []
  for (const [key, json] of Object.entries(state)) {
    if (key === '~f' || key === '~v') continue
    const name = key.startsWith('~') ? key.slice(1) : key
    const claim = claimCheck(json)
    const value = claim ? await fetched(claim, store, options) : json
    if (value === undefined) missing.push(name)
    else data.push([name, rich(value)])
  }
  const flash = isObject(state['~f']) ? Object.values(state['~f']) : []
  const pairs = flash.flatMap((pair) => (isList(pair) ? [pair] : []))
  return {
    data: Object.fromEntries(data),
    flashed: Object.fromEntries(pairs.map(([key, value]) => [String(key), rich(value ?? null)])),
    version: typeof state['~v'] === 'number' ? state['~v'] : 0,
    missing,
  }
}

function claimCheck(json: Json): { key: string; digest: string } | undefined {
  const parts = isObject(json) ? json['$'] : undefined
  if (!isList(parts) || parts.length !== 4 || parts[0] !== 'c') return undefined
  return { key: String(parts[1]), digest: String(parts[3]) }
}

async function fetched(
  { key, digest }: { readonly key: string; readonly digest: string },
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

function rich(json: Json): unknown {
  if (isList(json)) return json.map(rich)
  if (!isObject(json)) return json
  const tag = json['$']
  const value = isList(tag) ? untagged(tag[0], tag[1]) : undefined
  return value ? value.is : members(json)
}

function members(json: JsonObject): object {
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, rich(item)]))
}

function untagged(name: Json | undefined, content: Json | undefined): { is: unknown } | undefined {
  if (name === 'u') return { is: undefined }
  if (name === 'd' && (typeof content === 'number' || content === null))
    return { is: new Date(content ?? Number.NaN) }
  if (name === 'o' && isObject(content)) return { is: members(content) }
  if (isList(content)) {
    if (name === 's') return { is: new Set(content.map(rich)) }
    const isMap = name === 'm' && content.every((pair) => isList(pair) && pair.length === 2)
    const pairs = content.map(rich).flatMap((pair) => (Array.isArray(pair) ? [pair] : []))
    return isMap ? { is: new Map(pairs.map(([key, item]) => [key, item])) } : undefined
  }
  if (typeof content !== 'string') return undefined
  if (name === 'n' && /^-?\d+$/.test(content)) return { is: BigInt(content) }
  if (name === 'f' && ['NaN', 'Infinity', '-Infinity', '-0'].includes(content))
    return { is: Number(content) }
  if (name === 'l' && URL.canParse(content)) return { is: new URL(content) }
  if (name === 'b' && /^[\w-]*$/.test(content) && content.length % 4 !== 1)
    return { is: Uint8Array.from(atob(content.replaceAll('-', '+').replaceAll('_', '/')), code) }
  return undefined
}

function code(letter: string): number {
  return letter.charCodeAt(0)
}
