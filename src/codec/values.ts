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
 * | an object with a key `$` | `{"$":["o", object]}` |
 *
 * The tags are part of wire format 1 and never change their meaning.
 */
import { ValueError } from '../errors.ts'
import { fromBase64Url, toBase64Url } from './bytes.ts'
import { isArray, TAG_KEY, type Tree, type TreeObject } from './tree.ts'

/** How deep values may be nested. Deeper ones throw rather than overflow the stack somewhere. */
export const MAX_DEPTH = 100

/**
 * `value` as a tree. Properties that are `undefined` are left out, as in JSON.
 *
 * @param path - where `value` stands, for the error's message
 * @throws {@link ValueError} with the path, for functions, symbols, cycles, class instances and
 *   values that are nested deeper than {@link MAX_DEPTH}
 */
export function encodeValue(value: unknown, path: string): Tree {
  return encode(value, path, [])
}

function encode(value: unknown, path: string, above: readonly object[]): Tree {
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
      return value === null ? null : encodeObject(value, path, above)
    default:
      throw new ValueError(path, `a ${typeof value} is not data`)
  }
}

function encodeObject(value: object, path: string, above: readonly object[]): Tree {
  if (above.includes(value)) throw new ValueError(path, 'it contains itself')
  if (above.length >= MAX_DEPTH)
    throw new ValueError(path, `it is nested deeper than ${MAX_DEPTH} levels`)
  const inside = [...above, value]
  if (Array.isArray(value))
    return Array.from(value, (item: unknown, i) => encode(item, `${path}[${i}]`, inside))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return encodePlain(value, path, inside)
  if (value instanceof Date && prototype === Date.prototype) {
    const ms = value.getTime()
    return tag('d', Number.isNaN(ms) ? null : ms)
  }
  if (value instanceof Map && prototype === Map.prototype) {
    const pairs = Array.from(value, ([key, item]: [unknown, unknown], i) => [
      encode(key, `${path}.keys()[${i}]`, inside),
      // Not by its key: the keys of a Map are data, and do not belong into messages.
      encode(item, `${path}.values()[${i}]`, inside),
    ])
    return tag('m', pairs)
  }
  if (value instanceof Set && prototype === Set.prototype) {
    return tag(
      's',
      Array.from(value, (item: unknown, i) => encode(item, `${path}.values()[${i}]`, inside)),
    )
  }
  if (value instanceof Uint8Array && prototype === Uint8Array.prototype)
    return tag('b', toBase64Url(value))
  if (value instanceof URL && prototype === URL.prototype) return tag('l', value.href)
  throw new ValueError(
    path,
    `${nameOf(value)} is an instance of a class; store plain data and build the instance from it`,
  )
}

function encodePlain(value: object, path: string, inside: readonly object[]): TreeObject {
  if (Object.getOwnPropertySymbols(value).length > 0)
    throw new ValueError(path, 'it has a symbol as a key')
  const entries: [string, Tree][] = []
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) entries.push([key, encode(item, memberPath(path, key), inside)])
  }
  // fromEntries defines properties, so that a key __proto__ stays a key.
  const tree = Object.fromEntries(entries)
  return Object.hasOwn(tree, TAG_KEY) ? tag('o', tree) : tree
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
 */
export function decodeValue(tree: Tree): unknown {
  if (typeof tree !== 'object' || tree === null) return tree
  if (isArray(tree)) return tree.map(decodeValue)
  return Object.hasOwn(tree, TAG_KEY) ? decodeTag(tree) : decodePlain(tree)
}

function decodePlain(tree: TreeObject): object {
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, decodeValue(item)]))
}

function decodeTag(tree: TreeObject): unknown {
  const parts = tree[TAG_KEY]
  if (!isArray(parts)) return decodePlain(tree)
  const [name, content] = parts
  switch (name) {
    case 'd':
      if (typeof content === 'number' || content === null) return new Date(content ?? Number.NaN)
      break
    case 'm':
      if (isArray(content) && content.every(isPair))
        return new Map(content.map(([key, item]) => [decodeValue(key), decodeValue(item)]))
      break
    case 's':
      if (isArray(content)) return new Set(content.map(decodeValue))
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
    case 'o':
      if (typeof content === 'object' && content !== null && !isArray(content))
        return decodePlain(content)
      break
  }
  return decodePlain(tree)
}

function isPair(tree: Tree): tree is readonly [Tree, Tree] {
  return isArray(tree) && tree.length === 2
}
