/** Types for what can be stored in a session and comes back unchanged. */

/** Takes the place of what cannot be stored in {@link Storable}, so that compile errors say why. */
export interface NotStorable<Reason extends string> {
  /** Why, such as `'a function'`. */
  readonly 'cannot be stored': Reason
}

/**
 * `T`, with {@link NotStorable} in place of everything that cannot be stored or would not come back
 * unchanged.
 *
 * Allowed are JSON, `Date`, `Map`, `Set`, `bigint`, `Uint8Array`, `URL` and `undefined`, in
 * interfaces, type aliases, lists and tuples. Functions and symbols are replaced, and so are class
 * instances if their type differs from that of a plain object. `unknown` and `any` are allowed:
 * such values are checked when the session is saved.
 *
 * @example
 * ```ts
 * import type { Storable } from 'carryon'
 *
 * function remember<Value>(value: Value & Storable<Value>): void {
 *   console.log(value)
 * }
 *
 * remember({ since: new Date() }) // a function here would not compile
 * ```
 */
export type Storable<T> = 0 extends 1 & T
  ? T
  : unknown extends T
    ? T
    : T extends string | number | boolean | bigint | null | undefined
      ? T
      : T extends symbol
        ? NotStorable<'a symbol'>
        : T extends (...given: never[]) => unknown
          ? NotStorable<'a function'>
          : T extends abstract new (
                ...given: never[]
              ) => unknown
            ? NotStorable<'a class'>
            : T extends object
              ? StorableObject<T>
              : NotStorable<'no data'>

type StorableObject<T extends object> = T extends readonly (infer Item)[]
  ? readonly Storable<Item>[]
  : T extends Date
    ? Exactly<keyof Date, T, T>
    : T extends URL
      ? Exactly<keyof URL, T, T>
      : T extends Uint8Array
        ? Exactly<keyof Uint8Array, T, T>
        : T extends ReadonlyMap<infer Key, infer Value>
          ? Exactly<keyof Map<Key, Value>, T, ReadonlyMap<Storable<Key>, Storable<Value>>>
          : T extends ReadonlySet<infer Item>
            ? Exactly<keyof Set<Item>, T, ReadonlySet<Storable<Item>>>
            : T extends { name: string; message: string; stack?: string }
              ? 'stack' extends keyof T
                ? NotStorable<'an error'>
                : StorableParts<T>
              : StorableParts<T>

/** A subclass, such as `Buffer`, has more members: it would come back as its base class. */
type Exactly<Members, T, Then> = keyof T extends Members ? Then : NotStorable<'a class instance'>

/**
 * Like {@link Storable}, for the members of an object. A type parameter can have it as its own
 * bound.
 */
export type StorableParts<T> = {
  [Key in keyof T]: Key extends symbol ? NotStorable<'a symbol as a key'> : Storable<T[Key]>
}

/**
 * The type of a session's data, checked: what cannot be stored does not compile, and the error says
 * where it is.
 *
 * @example
 * ```ts
 * import type { Stored } from 'carryon'
 *
 * type Data = Stored<{ cart: Map<string, number>; since: Date }>
 * ```
 */
export type Stored<Data extends StorableParts<Data>> = Data
