/**
 * What kind of value an object is, of whatever realm. `structuredClone()` and `response.json()` make objects of another
 * one under Jest and in `node:vm`: they are as good as ours, and only `instanceof` says that they are not.
 */

/** Whether `value` is an object like `{}`, or one without a prototype. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || isRoot(prototype)
}

/** Whether `value` is made by a built-in class itself, and not by one that extends it. */
export function isOwn(
  value: object,
  name: 'Array' | 'Date' | 'Map' | 'Set' | 'Uint8Array',
): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === globalThis[name].prototype) return true
  return isForeign(prototype, name)
}

export function isDate(value: object): value is Date {
  return isOwn(value, 'Date') && has(() => Date.prototype.getTime.call(value))
}

export function isMap(value: object): value is Map<unknown, unknown> {
  return isOwn(value, 'Map') && has(() => Reflect.apply(mapHas, value, [value]))
}

export function isSet(value: object): value is Set<unknown> {
  return isOwn(value, 'Set') && has(() => Reflect.apply(setHas, value, [value]))
}

export function isBytes(value: object): value is Uint8Array {
  return isOwn(value, 'Uint8Array') && ArrayBuffer.isView(value)
}

const { has: mapHas } = Map.prototype
const { has: setHas } = Set.prototype

/** Whether a value is what a method of ours is for: it throws for all others. */
function has(method: () => unknown): boolean {
  try {
    method()
    return true
  } catch {
    return false
  }
}

/** Whether `prototype` is `Object.prototype` of another realm. */
function isRoot(prototype: unknown): boolean {
  return isForeign(prototype, 'Object') && Object.getPrototypeOf(prototype) === null
}

/** Whether `prototype` is that of a built-in class of another realm: its constructor has the name, and native code. */
function isForeign(prototype: unknown, name: string): boolean {
  if (typeof prototype !== 'object' || prototype === null) return false
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return (
    typeof maker === 'function' &&
    maker.prototype === prototype &&
    maker.name === name &&
    /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(maker))
  )
}
