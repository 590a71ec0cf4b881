/**
 * The interface of Standard Schema 1 (https://standardschema.dev), as its specification invites to copy it:
 * zod, valibot, arktype and others implement it.
 */

/** A schema that checks values of any kind and gives values of type `Output`. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

/** What a schema says about a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaProblem[] }

/** One thing that is wrong with a value. */
export interface SchemaProblem {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
