/** Values in words that have nothing to do with the format, so that any language can compare them. */
import type { Json } from './reader/json.ts'

/** A value as JSON: what JSON has stays as it is, and all else is a text such as `Date 2027-01-15T08:00:00.000Z`. */
export function shown(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : `number ${Object.is(value, -0) ? '-0' : value}`
  if (typeof value === 'bigint') return `bigint ${value}`
  if (typeof value !== 'object') return typeof value
  if (Array.isArray(value)) return value.map(shown)
  if (value instanceof Date)
    return `Date ${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()}`
  if (value instanceof Uint8Array)
    return `bytes ${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  if (value instanceof URL) return `URL ${value.href}`
  if (value instanceof Map)
    return ['Map', ...Array.from(value, ([key, item]) => [shown(key), shown(item)])]
  if (value instanceof Set) return ['Set', ...Array.from(value, shown)]
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]))
}

/** JSON with the keys of all objects in order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}
