/** Section 7 of docs/wire-format.md: from a state to data. */
import type { Json, JsonObject } from './json.ts'
import { isList, isObject } from './values.ts'

/** What a state shows. */
export interface ReadData {
  readonly data: object
  readonly flashed: object
  readonly version: number
}

export function dataOf(state: JsonObject): ReadData {
  const data = Object.entries(state).flatMap(([key, json]): [string, unknown][] => {
    const name = dataKey(key)
    return name === undefined ? [] : [[name, rich(json)]]
  })
  const waiting = isObject(state['~f']) ? state['~f'] : {}
  const flash = Object.keys(waiting)
    .sort()
    .map((name) => waiting[name] ?? null)
  const pairs = flash.flatMap((pair) => (isList(pair) ? [pair] : []))
  return {
    data: Object.fromEntries(data),
    flashed: Object.fromEntries(pairs.map(([key, value]) => [String(key), rich(value ?? null)])),
    version: typeof state['~v'] === 'number' ? state['~v'] : 0,
  }
}

/** The key of the data for a key of the state. */
export function dataKey(key: string): string | undefined {
  if (['~f', '~l', '~o', '~v'].includes(key)) return undefined
  return key.startsWith('~') ? key.slice(1) : key
}

function rich(json: Json): unknown {
  if (isList(json)) return json.map(rich)
  if (!isObject(json)) return json
  const tag = json['$']
  const value = isList(tag) ? untagged(tag[0], tag[1]) : undefined
  return value ? value.is : members(json)
}

function members(json: JsonObject): object {
  const key = (name: string) => name.replace(/^~(?=~*\$$)/, '')
  return Object.fromEntries(Object.entries(json).map(([name, item]) => [key(name), rich(item)]))
}

function untagged(name: Json | undefined, content: Json | undefined): { is: unknown } | undefined {
  if (name === 'u') return { is: undefined }
  if (name === 'd' && (typeof content === 'number' || content === null))
    return { is: new Date(content ?? Number.NaN) }
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
