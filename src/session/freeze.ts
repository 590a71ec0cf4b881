/** Makes data that was committed throw when it is changed: the change could not reach the browser. */
import { decodeValue, encodeValue } from '../codec/values.ts'

/** The error for a change, such as `set() was called on data of the session`. */
export type Refusal = (action: string) => Error

/**
 * Freezes what the session made itself. What the app put into the data may be shared with the rest of it, such
 * as a list of defaults or a cached record: a frozen copy takes its place.
 */
export class Freezer {
  readonly #own = new WeakSet<object>()
  readonly #frozen = new WeakSet<object>()

  /** Tells it that `value` and all that it holds, but for some keys, were made by the session. */
  adopt(value: unknown, except: readonly string[] = []): void {
    if (!isObject(value) || this.#own.has(value)) return
    this.#own.add(value)
    for (const [key, item] of contentsOf(value)) if (!except.includes(key)) this.adopt(item)
  }

  /**
   * `value`, or a copy of it, so that changing it throws, in strict code as modules are. Bytes of a `Uint8Array`
   * cannot be frozen.
   *
   * @param except - keys of `value` that stay as they are
   */
  freeze(value: object, refuse: Refusal, except: readonly string[] = []): object {
    const frozen = this.#freeze(value, refuse, except)
    return isObject(frozen) ? frozen : value
  }

  #freeze(value: unknown, refuse: Refusal, except: readonly string[] = []): unknown {
    if (!isObject(value) || this.#frozen.has(value)) return value
    if (!this.#own.has(value)) return this.#copy(value, refuse, except)
    this.#frozen.add(value)
    if (ArrayBuffer.isView(value)) return value
    if (value instanceof Map) {
      for (const [key, item] of value) value.set(key, this.#freeze(item, refuse))
      forbid(value, ['set', 'delete', 'clear'], refuse)
    } else if (value instanceof Set) {
      const items = Array.from(value, (item: unknown) => this.#freeze(item, refuse))
      value.clear()
      for (const item of items) value.add(item)
      forbid(value, ['add', 'delete', 'clear'], refuse)
    } else if (value instanceof Date) {
      forbid(value, DATE_SETTERS, refuse)
    } else if (value instanceof URL) {
      forbid(value.searchParams, ['append', 'delete', 'set', 'sort'], refuse)
      forbidSetters(value, refuse)
    } else {
      for (const [key, { value: item }] of Object.entries(Object.getOwnPropertyDescriptors(value)))
        if (!except.includes(key) && isObject(item))
          Reflect.defineProperty(value, key, { value: this.#freeze(item, refuse) })
    }
    return Object.freeze(value)
  }

  #copy(value: object, refuse: Refusal, except: readonly string[]): unknown {
    const kept = Object.entries(value).filter(([key]) => except.includes(key))
    const rest = except.length === 0 ? value : without(value, except)
    let copy: unknown
    try {
      copy = decodeValue(encodeValue(rest, 'data'))
    } catch {
      // It cannot be stored, so it was not: after destroy(), or in a handler that threw.
      return value
    }
    this.adopt(copy)
    if (isObject(copy)) Object.assign(copy, Object.fromEntries(kept))
    return this.#freeze(copy, refuse, except)
  }
}

/** `data` as it was before it was frozen, with the same contents. */
export function thawed(data: object): object {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(data)).map(
    ([key, descriptor]): [string, PropertyDescriptor] => [
      key,
      { ...descriptor, configurable: true },
    ],
  )
  return Object.create(Object.getPrototypeOf(data), Object.fromEntries(descriptors))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function contentsOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value.keys(), ...value.values()].map((item) => ['', item])
  if (value instanceof Set || Array.isArray(value))
    return Array.from(value, (item: unknown) => ['', item])
  if (ArrayBuffer.isView(value)) return []
  return Object.entries(Object.getOwnPropertyDescriptors(value)).map(([key, property]) => [
    key,
    property.value,
  ])
}

function without(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
}

const DATE_SETTERS = Object.getOwnPropertyNames(Date.prototype).filter((name) =>
  name.startsWith('set'),
)

function forbid(value: object, methods: readonly string[], refuse: Refusal): void {
  for (const method of methods) {
    Reflect.defineProperty(value, method, {
      value: () => {
        throw refuse(`${method}() was called on data of the session`)
      },
    })
  }
}

function forbidSetters(value: URL, refuse: Refusal): void {
  for (const [name, { get, set }] of Object.entries(
    Object.getOwnPropertyDescriptors(URL.prototype),
  )) {
    if (!get || !set) continue
    Reflect.defineProperty(value, name, {
      get: () => Reflect.get(URL.prototype, name, value),
      set: () => {
        throw refuse(`${name} was assigned on data of the session`)
      },
    })
  }
}
