/** Types of what can be stored in a session, and comes back as it was. */

/** What stands in {@link Storable} in the place of something that cannot be stored. */
export interface NotStorable<Reason extends string> {
  readonly 'cannot be stored': Reason
}

/**
 * What a `T` must be to be stored and to come back as it was: JSON, `Date`, `Map`, `Set`, `bigint`, `Uint8Array`,
 * `URL` and `undefined`, in interfaces, type aliases, lists and tuples. In the place of functions, symbols, and class
 * instances as far as their type tells them from plain objects, stands {@link NotStorable}. `unknown` and `any`
 * pass: they are checked when the session is saved.
 *
 * ```ts
 * function remember<Value>(value: Value & Storable<Value>): void
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

/** A subclass, such as `Buffer`, has more members: it would come back as what it extends. */
type Exactly<Members, T, Then> = keyof T extends Members ? Then : NotStorable<'a class instance'>

/** As {@link Storable}, for the members of an object. Unlike it, it can be the bound of its own parameter. */
export type StorableParts<T> = {
  [Key in keyof T]: Key extends symbol ? NotStorable<'a symbol as a key'> : Storable<T[Key]>
}

/**
 * The data of a session, checked: the compiler refuses what cannot be stored, and says where it stands.
 *
 * ```ts
 * type Data = Stored<{ cart: Map<string, number>; since: Date }>
 * ```
 */
export type Stored<Data extends StorableParts<Data>> = Data
