/** Checks data against a schema, and brings data of an older version up to date. */
import { memberPath } from '../codec/values.ts'
import { ConfigError, SchemaInvalid, type SchemaIssue } from '../errors.ts'
import type { SchemaProblem, StandardSchema } from './standard-schema.ts'

/** Makes data of the next version: it returns other data, or changes `data` in place and returns nothing. */
export type MigrationStep = (data: Record<string, unknown>) => Migrated | Promise<Migrated>

/** What a migration returns: the data, or nothing where it changed the data that it was given. */
export type Migrated = object | undefined

/**
 * Brings data that was sealed with an older `version` up to date: one function that is told the version, or
 * a step for each older version, by its number. Sessions that were sealed before there was a `version` are
 * of version 0.
 */
export type Migrate =
  | ((data: Record<string, unknown>, from: number) => Migrated | Promise<Migrated>)
  | { readonly [from: number]: MigrationStep }

/** How the options `version` and `migrate` work together. */
export interface Migration {
  readonly version: number
  readonly migrate: Migrate | undefined
}

/** @throws ConfigError */
export function resolveMigration(
  version: number | undefined,
  migrate: Migrate | undefined,
): Migration | undefined {
  if (version === undefined) {
    if (migrate !== undefined)
      throw new ConfigError('migrate needs version: the number of the shape that it leads to.')
    return undefined
  }
  if (!Number.isSafeInteger(version) || version < 1)
    throw new ConfigError('version must be a whole number from 1 on.')
  if (migrate !== undefined && typeof migrate !== 'function') {
    for (const from of Object.keys(migrate)) {
      if (!/^\d{1,15}$/.test(from) || Number(from) >= version) {
        throw new ConfigError(
          `migrate has a step from ${from}, but version is ${version}: a step has the number of the version ` +
            'that it starts from, and leads to the next one.',
        )
      }
      if (typeof migrate[Number(from)] !== 'function')
        throw new ConfigError(`migrate[${from}] must be a function.`)
    }
  }
  return { version, migrate }
}

/** Data of version `from`, brought up to date. */
export async function migrated(
  data: object,
  from: number,
  { version, migrate }: Migration,
): Promise<object> {
  if (migrate === undefined) return data
  const current = copyOf(data)
  if (typeof migrate === 'function') return (await migrate(current, from)) ?? current
  let at = current
  for (let step = from; step < version; step++) {
    const next = await migrate[step]?.(at)
    if (next !== undefined) at = copyOf(next)
  }
  return at
}

/** A copy that a step may change. Values that are not here stay so: reading them is what throws. */
function copyOf(data: object): Record<string, unknown> {
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(data))
}

/**
 * The data as the schema gives it.
 *
 * @param when - for the error
 * @throws SchemaInvalid
 */
export async function validated(
  data: object,
  schema: StandardSchema,
  when: 'open' | 'save',
): Promise<Record<string, unknown>> {
  const result = await schema['~standard'].validate(data)
  if (result.issues) throw new SchemaInvalid(when, result.issues.map(toIssue))
  if (isObject(result.value)) return result.value
  throw new SchemaInvalid(when, [{ path: 'data', message: 'the schema must give an object' }])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function toIssue({ message, path = [] }: SchemaProblem): SchemaIssue {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part))
  return { message, path: keys.reduce<string>((at, key) => pathWith(at, key), 'data') }
}

function pathWith(at: string, key: PropertyKey): string {
  return typeof key === 'number' ? `${at}[${key}]` : memberPath(at, String(key))
}
