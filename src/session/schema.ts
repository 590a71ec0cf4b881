/** Checks data against a schema, and brings data of an older version up to date. */
import { isPlainObject, memberPath } from '../codec/values.ts'
import { ConfigError, SchemaInvalid, type SchemaIssue, ValueError } from '../errors.ts'
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
    if (typeof migrate !== 'object' || migrate === null)
      throw new ConfigError(
        'migrate must be a function, or an object with a step for each older version.',
      )
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
  if (typeof migrate === 'function')
    return resultOf(await migrate(current, from), current, 'migrate()')
  let at = current
  for (let step = from; step < version; step++) {
    const next = await migrate[step]?.(at)
    at = copyOf(resultOf(next, at, `migrate[${step}]()`))
  }
  return at
}

/** What a migration returned, or else the data that it changed in place. */
function resultOf(result: unknown, changed: object, name: string): object {
  if (result === undefined || result === null) return changed
  if (typeof result === 'object' && isPlainObject(result)) return result
  throw new ValueError(name, 'what it returned is not the data, a plain object; nor is it nothing')
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
  if (result.issues)
    throw new SchemaInvalid(
      when,
      result.issues.map((problem) => toIssue(problem, data)),
    )
  if (isObject(result.value)) return result.value
  throw new SchemaInvalid(when, [{ path: 'data', message: 'the schema must give an object' }])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function toIssue({ message, path = [] }: SchemaProblem, data: object): SchemaIssue {
  let at = 'data'
  let inside: unknown = data
  for (const part of path) {
    // Schemas put keys of Maps and items of Sets here, whatever they are.
    const key: unknown = typeof part === 'object' && part !== null ? part.key : part
    at += stepInto(inside, key)
    inside = contentOf(inside, key)
  }
  return { message, path: at }
}

/** Keys of Maps and items of Sets are data, and do not belong into messages. */
function stepInto(inside: unknown, key: unknown): string {
  if (inside instanceof Map || inside instanceof Set) {
    const index = [...inside.keys()].indexOf(key)
    return index < 0 ? '.values()' : `.values()[${index}]`
  }
  return typeof key === 'number' ? `[${key}]` : memberPath('', String(key))
}

function contentOf(inside: unknown, key: unknown): unknown {
  if (inside instanceof Map) return inside.get(key)
  if (inside instanceof Set || typeof inside !== 'object' || inside === null) return undefined
  const name = typeof key === 'number' ? String(key) : key
  return typeof name === 'string'
    ? Reflect.getOwnPropertyDescriptor(inside, name)?.value
    : undefined
}
