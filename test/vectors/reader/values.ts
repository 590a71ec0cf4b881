/** Section 6 of docs/wire-format.md: kinds of values, canonical text, digests. */
import type { Json, JsonObject } from './json.ts'

export type Kind = 'object' | 'list' | 'map' | 'set' | 'leaf'

export function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json)
}

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !isList(json)
}

export function isPlain(json: Json | undefined): json is JsonObject {
  return isObject(json) && !Object.hasOwn(json, '$')
}

export function kindOf(json: Json): Kind {
  if (isList(json)) return 'list'
  if (isPlain(json)) return 'object'
  if (pairsOf(json)) return 'map'
  return membersOf(json) ? 'set' : 'leaf'
}

/** The pairs of a map. */
export function pairsOf(json: Json): readonly (readonly [Json, Json])[] | undefined {
  const pairs = contentOf(json, 'm')?.flatMap((pair): [Json, Json][] =>
    isList(pair) && pair.length === 2 ? [[pair[0] ?? null, pair[1] ?? null]] : [],
  )
  return pairs?.length === contentOf(json, 'm')?.length ? pairs : undefined
}

/** The members of a set. */
export function membersOf(json: Json): readonly Json[] | undefined {
  return contentOf(json, 's')
}

function contentOf(json: Json, name: string): readonly Json[] | undefined {
  const tag = isObject(json) ? json['$'] : undefined
  if (!isList(tag) || tag.length !== 2 || tag[0] !== name) return undefined
  return isList(tag[1]) ? tag[1] : undefined
}

/** RFC 8785 */
export function canonical(json: Json): string {
  if (isList(json)) return `[${json.map(canonical).join()}]`
  if (!isObject(json)) return JSON.stringify(json)
  const members = Object.keys(json)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(json[key] ?? null)}`)
  return `{${members.join()}}`
}

/** The alphabet of short ids and of digests. */
export const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_'

export function digest(json: Json): string {
  const text = canonical(json)
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h ^= h >>> 16
  return [0, 6, 12, 18].map((shift) => LETTERS[(h >>> shift) & 63]).join('')
}
