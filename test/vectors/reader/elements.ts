/** Section 6 of docs/wire-format.md: how elements of a list are found, and what is done to them. */
import type { Json } from './json.ts'
import { Element } from './places.ts'
import { digest, isList } from './values.ts'

/** What a list becomes at a time in seconds. */
export function changeList(list: Element[], code: string, value: Json, time: number): void {
  const items = isList(value) ? value : []
  if (code === '>') list.push(...made(items))
  if (code === '<') insert(list, String(items[0]), String(items[1]), made(items.slice(2)), time)
  if (code === '/') takeOut(list, items.map(String), time)
  if (code === '#') order(list, items.map(String), time)
}

/** The element of a name, other than those that are `taken`. */
export function find(
  list: readonly Element[],
  name: string,
  time: number,
  taken: readonly Element[] = [],
): Element | undefined {
  const { digest, place, count, others } = parts(name)
  if (digest === '') return undefined
  const same = list.find((each) => !taken.includes(each) && each.isNamedLately(name, time))
  if (same) return same
  const called = list.filter((element) => element.isLikeLately(digest, time))
  const gone = called.filter(({ isGone }) => isGone).sort((a, b) => b.lastUse - a.lastUse)
  const unseen = gone.slice(Math.max(0, count - (called.length - gone.length)))
  const among = list.filter((element) => !element.isGone || gone.includes(element))
  const frame = among.filter((element) => !unseen.includes(element))
  const named = called.filter((each) => !each.isGone && each.hasDigest(digest))
  const excluded = [...taken, ...named.sort((a, b) => a.lastUse - b.lastUse).slice(0, others)]
  const candidates = called.filter((each) => frame.includes(each) && !excluded.includes(each))
  const far = candidates.map((element) => Math.abs(frame.indexOf(element) - place))
  return candidates[far.indexOf(Math.min(...far))]
}

/** The elements of several names, each another one: found in the order of their places. */
function findAll(
  list: readonly Element[],
  names: readonly string[],
  time: number,
): readonly (readonly [Element, string])[] {
  const found = new Map<string, Element[]>()
  const taken: Element[] = []
  for (const name of [...names].sort((a, b) => parts(a).place - parts(b).place)) {
    const element = find(list, name, time, taken)
    found.set(name, [...(found.get(name) ?? []), ...(element ? [element] : [])])
    if (element) taken.push(element)
  }
  return names.flatMap((name) => {
    const element = found.get(name)?.shift()
    return element ? [[element, name] as const] : []
  })
}

interface Parts {
  readonly digest: string
  readonly place: number
  readonly count: number
  readonly others: number
}

function parts(name: string): Parts {
  const [, digest = '', ...numbers] =
    /^([\w-]{4})([0-9a-z]{1,4})(?:\.([0-9a-z]{1,4})(?:\.([0-9a-z]{1,4}))?)?!{0,9}$/.exec(name) ?? []
  const [place = 0, count = 1, others = 0] = numbers.map((digits) =>
    digits === undefined ? undefined : Number.parseInt(digits, 36),
  )
  return { digest, place, count, others }
}

/** What a step leads to. */
export function enter(list: readonly Element[], name: string, time: number): Element | undefined {
  const element = find(list, name, time)
  if (!element || element.isVoid(name)) return undefined
  remember(list, element, name, time)
  return element.isGone ? undefined : element
}

function remember(list: readonly Element[], element: Element, name: string, time: number): void {
  const known = element.names.get(name)
  element.names.set(name, Math.max(time, known ?? time))
  if (element.isGone || (known !== undefined && time - known <= 120)) return
  const now = digest(element.value())
  const index = list.filter(({ isGone }) => !isGone).indexOf(element)
  if (!element.hasDigest(now)) element.names.set(`${now}${index.toString(36)}`, time)
}

export function takeOut(list: readonly Element[], names: readonly string[], time: number): void {
  for (const [element, name] of findAll(list, names, time)) {
    if (element.isVoid(name)) continue
    remember(list, element, name, time)
    element.isGone = true
    element.put(null)
  }
}

export function replace(list: readonly Element[], name: string, value: Json, time: number): void {
  const element = find(list, name, time)
  if (!element) return
  remember(list, element, name, time)
  for (const each of element.names.keys()) element.voids.add(each)
  element.isGone = false
  element.put(value)
}

/** A list of a set, onto the list that is there. */
export function mergeList(list: Element[], items: readonly Json[]): void {
  let common = 0
  while (items.slice(common, common + 1).some((item) => list[common]?.isLike(digest(item))))
    common++
  list.push(...made(items.slice(common)))
}

function insert(
  list: Element[],
  after: string,
  before: string,
  items: Element[],
  time: number,
): void {
  const next = before === '' ? undefined : find(list, before, time)
  const previous = after === '' ? undefined : find(list, after, time)
  let at = after === '' && before !== '' ? 0 : list.length
  if (previous) at = list.indexOf(previous) + 1
  if (next) at = list.indexOf(next)
  list.splice(at, 0, ...items)
}

function order(list: Element[], names: readonly string[], time: number): void {
  const found = findAll(list, names, time).map(([element]) => element)
  const places = found.map((element) => list.indexOf(element)).sort((a, b) => a - b)
  for (const [i, element] of found.entries()) list.splice(places[i] ?? 0, 1, element)
}

function made(items: readonly Json[]): Element[] {
  return items.map((item) => new Element(item))
}
