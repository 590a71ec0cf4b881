/** Types of paths in an app's data. */

/**
 * The paths of a session's data at which a value of some type stands: keys with dots between them.
 * Where the type of the data does not tell, it is any text. Keys that have a dot themselves need a list of keys.
 *
 * @example
 * ```ts
 * import type { PathTo } from 'carryon'
 *
 * type Cart = { items: Record<string, number>; note?: string }
 *
 * const path: PathTo<Cart, number> = 'items.apples' // 'note' would not compile
 * ```
 */
export type PathTo<Data, Value> = PathWithin<Data, Value, []>

/** The same, to four levels; below, any text: types may contain themselves. */
type PathWithin<Data, Value, Levels extends unknown[]> = 0 extends 1 & Data
  ? string
  : unknown extends Data
    ? string
    : Levels['length'] extends 4
      ? string
      : Data extends LeafLike
        ? never
        : Data extends object
          ? { [Key in keyof Data & string]: OneStep<Key, Data[Key], Value, Levels> }[keyof Data &
              string]
          : never

/** What `increment()` and `advance()` do not go into. */
type LeafLike =
  | readonly unknown[]
  | Date
  | URL
  | Uint8Array
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>

type OneStep<Key extends string, At, Value, Levels extends unknown[]> =
  | (IsIn<Value, At> extends true ? Key : never)
  | Below<Key, PathWithin<NonNullable<At>, Value, [...Levels, 0]>>

type Below<Key extends string, Rest> = Rest extends string ? `${Key}.${Rest}` : never

/** Whether such a value can be there. */
type IsIn<Value, At> = 0 extends 1 & At
  ? true
  : unknown extends At
    ? true
    : [Extract<At, Value>] extends [never]
      ? false
      : true
