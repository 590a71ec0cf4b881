/**
 * Values ↔ trees. JSON, with stable tags for what JSON loses. A tag is `{"$": [name, …]}`:
 *
 * | value | tag |
 * |---|---|
 * | `Date` | `{"$":["d", ms]}`, an invalid one `{"$":["d", null]}` |
 * | `Map`, `Set` | `{"$":["m", [[key, value], …]]}`, `{"$":["s", [value, …]]}` |
 * | `bigint` | `{"$":["n", "123"]}` |
 * | `Uint8Array` | `{"$":["b", base64url]}` |
 * | `undefined` in an array | `{"$":["u"]}` |
 * | `NaN`, `±Infinity`, `-0` | `{"$":["f", "NaN"]}` |
 * | `URL` | `{"$":["l", href]}` |
 *
 * An object's key `$` stands as `~$`, and `~$` as `~~$`, so that no object looks like a tag.
 *
 * The tags are part of wire format 1 and never change their meaning.
 */
import { ValueError } from '../errors.ts'
import { fromBase64Url, toBase64Url } from './bytes.ts'
import { isBytes, isDate, isMap, isOwn, isPlainObject, isSet } from './kinds.ts'
import {
  define,
  escapedKey,
  isArray,
  TAG_KEY,
  type Tree,
  type TreeObject,
  unescapedKey,
} from './tree.ts'

/** How deep values may be nested. Deeper ones throw rather than overflow the stack somewhere. */
export const MAX_DEPTH = 100

/**
 * `value` as a tree. Properties that are `undefined` are left out, as in JSON.
 *
 * @param path - where `value` stands, for the error's message
 * @param key - of what stands at `path`, the member that `value` is
 * @throws {@link ValueError} with the path, for functions, symbols, cycles, class instances and
 *   values that are nested deeper than {@link MAX_DEPTH}
 */
export function encodeValue(value: unknown, path: string, key?: string): Tree {
  const root = { step: { text: path }, value: undefined, above: undefined, depth: 0 }
  return key === undefined ? encode(value, { text: '' }, root) : encode(value, key, root)
}

/** From a container to what is in it: a member's name, an index, or as it would be written in code. */
type Way = string | number | { readonly text: string }

/** A container, and where it stands. Its path is only written where it is needed: for an error. */
interface Container {
  readonly step: Way
  readonly value: object | undefined
  readonly above: Container | undefined
  readonly depth: number
}

function pathOf(step: Way, above: Container | undefined): string {
  const path = above ? pathOf(above.step, above.above) : ''
  if (typeof step === 'number') return `${path}[${step}]`
  return typeof step === 'string' ? memberPath(path, step) : path + step.text
}

function encode(value: unknown, step: Way, above: Container): Tree {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : tag('f', Object.is(value, -0) ? '-0' : String(value))
    case 'bigint':
      return tag('n', String(value))
    case 'undefined':
      return tag('u')
    case 'object':
      return value === null ? null : encodeObject(value, step, above)
    default:
      throw new ValueError(pathOf(step, above), `a ${typeof value} is not data`)
  }
}

function encodeObject(value: object, step: Way, above: Container): Tree {
  for (let at: Container | undefined = above; at; at = at.above)
    if (at.value === value) throw new ValueError(pathOf(step, above), 'it contains itself')
  if (above.depth >= MAX_DEPTH)
    throw new ValueError(pathOf(step, above), `it is nested deeper than ${MAX_DEPTH} levels`)
  const place = { step, value, above, depth: above.depth + 1 }
  if (Array.isArray(value) && isOwn(value, 'Array')) return encodeArray(value, place)
  if (isPlainObject(value)) return encodePlain(value, place)
  if (isDate(value)) {
    const ms = Date.prototype.getTime.call(value)
    return tag('d', Number.isNaN(ms) ? null : ms)
  }
  if (isMap(value)) {
    const pairs = Array.from(value, ([key, item]: [unknown, unknown], i) => [
      encode(key, { text: `.keys()[${i}]` }, place),
      // Not by its key: the keys of a Map are data, and do not belong into messages.
      encode(item, { text: `.values()[${i}]` }, place),
    ])
    return tag('m', pairs)
  }
  if (isSet(value)) {
    return tag(
      's',
      Array.from(value, (item: unknown, i) => encode(item, { text: `.values()[${i}]` }, place)),
    )
  }
  if (isBytes(value)) return tag('b', toBase64Url(value))
  if (value instanceof URL && Object.getPrototypeOf(value) === URL.prototype)
    return tag('l', value.href)
  throw new ValueError(
    pathOf(step, above),
    `${nameOf(value)} is an instance of a class; store plain data and build the instance from it`,
  )
}

function encodeArray(value: readonly unknown[], place: Container): Tree {
  const tree: Tree[] = []
  // By index, so that a hole counts as undefined.
  for (let i = 0; i < value.length; i++) tree.push(encode(value[i], i, place))
  return tree
}

function encodePlain(value: Record<string, unknown>, place: Container): TreeObject {
  if (Object.getOwnPropertySymbols(value).length > 0)
    throw new ValueError(pathOf(place.step, place.above), 'it has a symbol as a key')
  const tree: Record<string, Tree> = {}
  for (const key of Object.keys(value)) {
    const item = value[key]
    if (item !== undefined) define(tree, escapedKey(key), encode(item, key, place))
  }
  return tree
}

/** `path` followed by `key`, as it would be written in code. */
export function memberPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

function nameOf(value: object): string {
  const maker: unknown = Reflect.get(value, 'constructor')
  return typeof maker === 'function' && maker.name !== '' ? maker.name : 'it'
}

function tag(name: string, ...content: readonly Tree[]): TreeObject {
  return { [TAG_KEY]: [name, ...content] }
}

/**
 * The value of a tree: fresh objects throughout, so that changing them leaves the tree alone. A tag
 * that is not one of ours is left as the plain object that it is; this never throws.
 *
 * @param made - gets all objects of the value
 */
export function decodeValue(tree: Tree, made?: object[]): unknown {
  if (typeof tree !== 'object' || tree === null) return tree
  const value = isArray(tree)
    ? tree.map((item) => decodeValue(item, made))
    : Object.hasOwn(tree, TAG_KEY)
      ? decodeTag(tree, made)
      : decodePlain(tree, made)
  if (made && typeof value === 'object' && value !== null) made.push(value)
  return value
}

function decodePlain(tree: TreeObject, made: object[] | undefined): object {
  const value: Record<string, unknown> = {}
  // Each read of a session takes this way: no list of the keys, and no call for what stands for itself.
  for (const key in tree) {
    const item = tree[key] ?? null
    const inside = typeof item === 'object' ? decodeValue(item, made) : item
    define(value, unescapedKey(key), inside)
  }
  return value
}

function decodeTag(tree: TreeObject, made: object[] | undefined): unknown {
  const parts = tree[TAG_KEY]
  if (!isArray(parts)) return decodePlain(tree, made)
  const [name, content] = parts
  switch (name) {
    case 'd':
      if (typeof content === 'number' || content === null) return new Date(content ?? Number.NaN)
      break
    case 'm':
      if (isArray(content) && content.every(isPair)) {
        const pairs = content.map(([key, item]): [unknown, unknown] => [
          decodeValue(key, made),
          decodeValue(item, made),
        ])
        return new Map(pairs)
      }
      break
    case 's':
      if (isArray(content)) return new Set(content.map((item) => decodeValue(item, made)))
      break
    case 'n':
      if (typeof content === 'string' && /^-?\d+$/.test(content)) return BigInt(content)
      break
    case 'b': {
      const bytes = typeof content === 'string' ? fromBase64Url(content) : undefined
      if (bytes !== undefined) return bytes
      break
    }
    case 'u':
      return undefined
    case 'f':
      if (
        content === 'NaN' ||
        content === 'Infinity' ||
        content === '-Infinity' ||
        content === '-0'
      )
        return Number(content)
      break
    case 'l':
      if (typeof content === 'string' && URL.canParse(content)) return new URL(content)
      break
  }
  return decodePlain(tree, made)
}

function isPair(tree: Tree): tree is readonly [Tree, Tree] {
  return isArray(tree) && tree.length === 2
}
