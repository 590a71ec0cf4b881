/** What a value is that an app passed, whatever its type says. */

export function isAnyObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** An object with named members, and none of another kind, such as a list, a `Map` or a promise. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]'
}

export function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

export function hasMethod(value: unknown, name: string): boolean {
  return isFunction(memberOf(value, name))
}

/** A schema may be a function with members, as those of arktype are. */
export function memberOf(value: unknown, name: string): unknown {
  return isAnyObject(value) || typeof value === 'function' ? Reflect.get(value, name) : undefined
}

export function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}
