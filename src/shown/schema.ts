/** Checks data against a schema, and brings data of an older version up to date. */
import { SchemaInvalid, type SchemaIssue, ValueError } from '../errors.ts'
import type { Migration } from '../options/migration.ts'
import type { SchemaProblem, StandardSchema } from '../options/standard-schema.ts'
import { isPlainObject } from '../tree/kinds.ts'
import { memberPath } from '../tree/values.ts'

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
  throw new ValueError(name, 'a migration must return a plain object, or nothing')
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
