/** Section 6 of docs/wire-format.md: a state that ops change, and what its lists remember. */
import type { Json, JsonObject } from './json.ts'
import {
  canonical,
  digest,
  isList,
  isObject,
  isPlain,
  type Kind,
  kindOf,
  membersOf,
  pairsOf,
} from './values.ts'

type Inside =
  | { readonly kind: 'object' | 'map'; readonly at: Map<string, Place> }
  | { readonly kind: 'list'; readonly elements: Element[] }
  | { readonly kind: 'set'; readonly members: Map<string, Json> }

/** Where a value stands. What is inside of it has places of its own once an op leads there. */
export class Place {
  json: Json | undefined
  /** `m`, as long as nothing inside was opened. */
  memory: JsonObject
  #inside: Inside | undefined

  constructor(json?: Json, memory: Json = {}) {
    this.json = json
    this.memory = isObject(memory) ? memory : {}
  }

  get kind(): Kind | undefined {
    return this.json === undefined ? undefined : kindOf(this.json)
  }

  /** What takes the place of something else remembers nothing. */
  put(json: Json): void {
    this.json = json
    this.memory = {}
    this.#inside = undefined
  }

  /** What ops can change inside; `undefined` in a leaf, and where nothing is. */
  open(): Inside | undefined {
    this.#inside ??= this.json === undefined ? undefined : this.#opened(this.json)
    return this.#inside
  }

  #opened(json: Json): Inside | undefined {
    const memory = isPlain(this.memory['m']) ? this.memory['m'] : {}
    const inner = (pairs: readonly (readonly [string, Json])[]) =>
      new Map(pairs.map(([key, value]) => [key, new Place(value, own(memory, key))]))
    if (isList(json)) return { kind: 'list', elements: elementsOf(json, this.memory, memory) }
    if (isPlain(json)) return { kind: 'object', at: inner(Object.entries(json)) }
    const pairs = pairsOf(json)?.map(([key, value]) => [canonical(key), value] as const)
    if (pairs) return { kind: 'map', at: inner(pairs) }
    const members = membersOf(json)?.map((member) => [canonical(member), member] as const)
    return members && { kind: 'set', members: new Map(members) }
  }

  /** The value, with all that was changed inside. */
  value(): Json {
    const inside = this.#inside
    if (!inside) return this.json ?? null
    if (inside.kind === 'set') return { $: ['s', [...inside.members.values()]] }
    if (inside.kind === 'list')
      return inside.elements.filter(({ isGone }) => !isGone).map((element) => element.value())
    const values = Array.from(inside.at, ([key, place]) => [key, place.value()] as const)
    if (inside.kind === 'object') return Object.fromEntries(values)
    return { $: ['m', values.map(([key, value]): Json[] => [JSON.parse(key), value])] }
  }
}

/** An element of a list, or one that is gone. */
export class Element extends Place {
  isGone = false
  /** Names that it was called by, with the time of the last use, in seconds after the horizon. */
  readonly names: Map<string, number> = new Map()
  /** Those that stand for a value that another one has replaced. */
  readonly voids: Set<string> = new Set()

  get lastUse(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.names.values())
  }

  isNamedLately(name: string, time: number): boolean {
    return time - (this.names.get(name) ?? Number.NEGATIVE_INFINITY) <= 900
  }

  hasDigest(text: string): boolean {
    return [...this.names.keys()].some((name) => name.slice(0, 4) === text)
  }

  isLikeLately(text: string, time: number): boolean {
    const lately = [...this.names].some(([name, at]) => !this.voids.has(name) && time - at <= 300)
    return this.hasDigest(text) || (!lately && this.#looks(text))
  }

  /** For a set of a list onto a list. */
  isLike(text: string): boolean {
    return this.hasDigest(text) || this.#looks(text)
  }

  isVoid(name: string): boolean {
    if (this.names.has(name)) return this.voids.has(name)
    const alike = [...this.names.keys()].filter((each) => each.slice(0, 4) === name.slice(0, 4))
    const isLost = alike.length > 0 && alike.every((each) => this.voids.has(each))
    return isLost && !this.#looks(name.slice(0, 4))
  }

  #looks(text: string): boolean {
    return !this.isGone && digest(this.value()) === text
  }
}

function elementsOf(list: readonly Json[], { $ = [] }: JsonObject, memory: JsonObject): Element[] {
  const known = new Map<number, { isGone: boolean; names: readonly Json[] }>()
  for (const item of isList($) ? $ : []) {
    const [place, ...names] = isList(item) ? item : []
    const at = Number(place)
    known.set(at < 0 ? -1 - at : at, { isGone: at < 0, names })
  }
  const left = [...list]
  const elements: Element[] = []
  for (;;) {
    const { isGone, names } = known.get(elements.length) ?? { isGone: false, names: [] }
    const json = isGone ? null : left.shift()
    if (json === undefined) return elements
    const element = new Element(json, own(memory, String(elements.length)))
    element.isGone = isGone
    for (let i = 0; i < names.length; i += 2) {
      const [name = '', isVoid] = String(names[i]).split(/(-)$/)
      element.names.set(name, -Number(names[i + 1]))
      if (isVoid) element.voids.add(name)
    }
    elements.push(element)
  }
}

function own(memory: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(memory, key) ? memory[key] : undefined
}
