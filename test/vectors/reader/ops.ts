/** Section 6 of docs/wire-format.md: what ops say, and what they do. */
import { changeList, enter, mergeList, replace, takeOut } from './elements.ts'
import type { Json, JsonObject } from './json.ts'
import { Place } from './places.ts'
import { canonical, isList, isPlain, type Kind, kindOf, membersOf, pairsOf } from './values.ts'

export interface Op {
  readonly code: string
  readonly path: string
  readonly value: Json
}

/** The ops of an entry, or `undefined` where they are not valid. `state` is that of the same cookie. */
export function parseOps(items: readonly Json[], state: JsonObject | undefined): Op[] | undefined {
  const ops: Op[] = []
  for (let i = 0; i < items.length; ) {
    const text = items[i++]
    if (typeof text !== 'string') return undefined
    const [code, path] = [text.charAt(0), text.slice(1)]
    let value: Json | undefined = null
    if (code === ':') value = path.split('/').reduce(member, state)
    else if (code !== '-' && code !== '!') value = items[i++]
    if (value === undefined || !isValue(code, value)) return undefined
    ops.push({ code, path, value })
  }
  return ops
}

function isValue(code: string, value: Json): boolean {
  if (code === '+') return Number.isFinite(value)
  if (code === '^') return typeof value === 'number' || typeof value === 'string'
  if (code === '>') return isList(value)
  if (code === '/' || code === '#') return isList(value) && value.every(isText)
  if (code === '<') return isList(value) && value.length >= 2 && value.slice(0, 2).every(isText)
  return code !== '' && '=*:?-!'.includes(code)
}

function isText(value: Json): boolean {
  return typeof value === 'string'
}

function member(json: Json | undefined, step: string): Json | undefined {
  const { kind, key } = stepOf(step)
  return kind === 'object' && isPlain(json) && Object.hasOwn(json, key) ? json[key] : undefined
}

/** What kind of value a step leads into, and to what there. */
export function stepOf(step: string): { readonly kind: Kind; readonly key: string } {
  const kinds: Readonly<Record<string, Kind>> = { '~2': 'list', '~3': 'map', '~4': 'set' }
  const kind = kinds[step.slice(0, 2)]
  const key = (kind ? step.slice(2) : step).replaceAll('~1', '/').replaceAll('~0', '~')
  return { kind: kind ?? 'object', key }
}

/** Does an op, at a time in seconds after the horizon. */
export function applyOp(root: Place, { code, path, value }: Op, time: number): void {
  const way = path.split('/')
  const last = way.pop() ?? ''
  let place: Place | undefined = root
  for (const step of way) place = place && placeAt(place, step, time)
  const inside = place?.open()
  const { kind, key } = stepOf(last)
  if (!place || !inside || inside.kind !== kind) return
  if (inside.kind === 'set') {
    if (code === '-') inside.members.delete(key)
    if (code === '=') inside.members.set(key, value)
  } else if (inside.kind === 'list') {
    if (code === '-') takeOut(inside.elements, [key], time)
    else if (['=', '*', ':'].includes(code)) replace(inside.elements, key, value, time)
    else change(placeAt(place, last, time) ?? new Place(), code, value, time)
  } else if (code === '-') inside.at.delete(key)
  else if (code !== '*' || kind === 'object' || inside.at.has(key)) {
    const there = inside.at.get(key) ?? new Place()
    change(there, code, value, time)
    if (there.json !== undefined) inside.at.set(key, there)
  }
}

function placeAt(place: Place, step: string, time: number): Place | undefined {
  const { kind, key } = stepOf(step)
  const inside = place.open()
  if (inside?.kind !== kind || inside.kind === 'set') return undefined
  if (inside.kind !== 'list') return inside.at.get(key)
  return enter(inside.elements, key, time)
}

function change(place: Place, code: string, value: Json, time: number): void {
  const { json } = place
  if (code === '=' || (code === '?' && isPlain(value))) merge(place, code, value)
  else if (code === '*' || code === ':') place.put(value)
  else if (code === '?') {
    if (json === undefined) place.put(value)
  } else if (code === '+') place.put(sum(typeof json === 'number' ? json : 0, Number(value)))
  else if (code === '^') place.put(larger(json, value))
  else {
    const inside = place.open()
    if (inside?.kind === 'list') changeList(inside.elements, code, value, time)
  }
}

/** What a set does, and a fill of an object. */
function merge(place: Place, code: string, value: Json): void {
  const kind = kindOf(value)
  if (kind === 'object' && place.kind !== 'object') place.put({})
  const inside = place.kind === kind ? place.open() : undefined
  if (inside?.kind === 'list') mergeList(inside.elements, isList(value) ? value : [])
  else if (inside?.kind === 'set')
    for (const each of membersOf(value) ?? []) inside.members.set(canonical(each), each)
  else if (inside) {
    const keys = pairsOf(value)?.map(([key, item]) => [canonical(key), item] as const)
    for (const [key, item] of keys ?? Object.entries(isPlain(value) ? value : {})) {
      const there = inside.at.get(key) ?? new Place()
      change(there, code, item, 0)
      inside.at.set(key, there)
    }
  } else place.put(value)
}

function sum(a: number, b: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, a + b))
}

function larger(there: Json | undefined, value: Json): Json {
  if (typeof there === 'number' && typeof value === 'number') return Math.max(there, value)
  return typeof there === 'string' && typeof value === 'string' && there > value ? there : value
}
