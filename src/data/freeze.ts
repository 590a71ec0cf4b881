/** Makes data that was committed throw when it is changed: the change could not reach the browser. */
import { decodeValue, encodeValue } from '../tree/values.ts'

/** The error for a change, such as `set() was called on data of the session`. */
export type Refusal = (action: string) => Error

/**
 * Freezes what the session made itself. What the app put into the data may be shared with the rest of it, such
 * as a list of defaults or a cached record: a frozen copy takes its place.
 */
export class Freezer {
  readonly #made: object[]
  readonly #frozen = new Set<object>()

  /** @param made - the objects that the session made */
  constructor(made: object[]) {
    this.#made = made
  }

  /**
   * `value`, or a copy of it, so that changing it throws, in strict code as modules are. Bytes of a `Uint8Array`
   * cannot be frozen.
   *
   * @param except - keys of `value` that stay as they are
   */
  freeze(value: object, refuse: Refusal, except: readonly string[] = []): object {
    const made = new Set(this.#made)
    return made.has(value)
      ? this.#freezeMade(value, { made, refuse }, except)
      : this.#copy(value, { made, refuse }, except)
  }

  #freeze(value: object, given: Freezing): object {
    return given.made.has(value) ? this.#freezeMade(value, given) : this.#copy(value, given)
  }

  #frozenOr(value: unknown, given: Freezing): unknown {
    return isObject(value) ? this.#freeze(value, given) : value
  }

  #freezeMade(value: object, given: Freezing, except: readonly string[] = []): object {
    if (this.#frozen.has(value)) return value
    this.#frozen.add(value)
    const { refuse } = given
    if (ArrayBuffer.isView(value)) return value
    if (value instanceof Map) {
      const pairs = [...value]
      value.clear()
      for (const [key, item] of pairs)
        value.set(this.#frozenOr(key, given), this.#frozenOr(item, given))
      forbid(value, ['set', 'delete', 'clear'], refuse)
    } else if (value instanceof Set) {
      const items = [...value]
      value.clear()
      for (const item of items) value.add(this.#frozenOr(item, given))
      forbid(value, ['add', 'delete', 'clear'], refuse)
    } else if (value instanceof Date) {
      forbid(value, DATE_SETTERS, refuse)
    } else if (value instanceof URL) {
      forbid(value.searchParams, ['append', 'delete', 'set', 'sort'], refuse)
      forbidSetters(value, refuse)
    } else this.#freezeMembers(value, given, except)
    return Object.freeze(value)
  }

  #freezeMembers(value: object, given: Freezing, except: readonly string[]): void {
    for (const key of Object.keys(value)) {
      // A value that is not here, or another getter: reading it may throw.
      const item: unknown = Reflect.getOwnPropertyDescriptor(value, key)?.value
      if (!isObject(item) || except.includes(key)) continue
      const frozen = this.#freeze(item, given)
      if (frozen !== item) Reflect.defineProperty(value, key, { value: frozen })
    }
  }

  #copy(value: object, given: Freezing, except: readonly string[] = []): object {
    const kept = Object.entries(value).filter(([key]) => except.includes(key))
    const rest = except.length === 0 ? value : without(value, except)
    const made: object[] = []
    let copy: unknown
    try {
      copy = decodeValue(encodeValue(rest, 'data'), made)
    } catch {
      // It cannot be stored, so it was not: after destroy(), or in a handler that threw.
      return value
    }
    if (!isObject(copy)) return value
    for (const object of made) {
      this.#made.push(object)
      given.made.add(object)
    }
    return this.#freezeMade(Object.assign(copy, Object.fromEntries(kept)), given, except)
  }
}

interface Freezing {
  readonly made: Set<object>
  readonly refuse: Refusal
}

/** `data` as if it were not frozen, with the same contents. */
export function thawed(data: object): object {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(data)).map(
    ([key, descriptor]): [string, PropertyDescriptor] => [
      key,
      // What has a getter has no such thing as being writable.
      'value' in descriptor
        ? { ...descriptor, configurable: true, writable: true }
        : { ...descriptor, configurable: true },
    ],
  )
  return Object.create(Object.getPrototypeOf(data), Object.fromEntries(descriptors))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
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
