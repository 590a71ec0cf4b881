/** Makes data that was committed throw when it is changed: the change could not reach the browser. */
import { SessionCommitted } from '../errors.ts'

/** Freezes `value` and all that it holds. Changing it throws, in strict code as modules are. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  if (ArrayBuffer.isView(value)) return
  if (value instanceof Map) {
    forbid(value, ['set', 'delete', 'clear'])
    for (const [key, item] of value) {
      deepFreeze(key)
      deepFreeze(item)
    }
  } else if (value instanceof Set) {
    forbid(value, ['add', 'delete', 'clear'])
    for (const item of value) deepFreeze(item)
  } else if (value instanceof Date) {
    forbid(value, DATE_SETTERS)
  }
  Object.freeze(value)
  for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value)))
    deepFreeze(descriptor.value)
}

const DATE_SETTERS = Object.getOwnPropertyNames(Date.prototype).filter((name) =>
  name.startsWith('set'),
)

function forbid(value: object, methods: readonly string[]): void {
  for (const method of methods) {
    Object.defineProperty(value, method, {
      value: () => {
        throw new SessionCommitted(`${method}() was called on data of the session`)
      },
    })
  }
}
