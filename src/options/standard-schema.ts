/**
 * The interface of Standard Schema 1 (https://standardschema.dev), copied as its specification
 * invites to: zod, valibot, arktype and others implement it.
 */

/**
 * A schema that takes values of any kind and returns values of type `Output`.
 *
 * @example
 * ```ts
 * import type { StandardSchema } from 'carryon'
 *
 * const visits: StandardSchema<{ visits: number }> = {
 *   '~standard': {
 *     version: 1,
 *     vendor: 'my-app',
 *     validate: (value) =>
 *       typeof value === 'object' && value && 'visits' in value && typeof value.visits === 'number'
 *         ? { value: { visits: value.visits } }
 *         : { issues: [{ message: 'must be a number', path: ['visits'] }] },
 *   },
 * }
 * ```
 */
export interface StandardSchema<Output = unknown> {
  /** What the schema offers to other libraries. */
  readonly '~standard': {
    /** The version of the interface. */
    readonly version: 1
    /** The name of the schema library. */
    readonly vendor: string
    /** Checks a value. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    /** The types of the schema. For the compiler only. */
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

/** The result of a schema: the value that it returns, or its issues. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaProblem[] }

/** One problem that a schema reports. {@link StandardSchema} calls it an issue. */
export interface SchemaProblem {
  /** What is wrong. Some libraries quote the value here. */
  readonly message: string
  /** Where it is wrong: keys, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
