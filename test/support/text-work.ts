const SUBJECTS = [String.prototype, RegExp.prototype]

/**
 * How often methods of strings and of regular expressions are called while `fn` runs, and how many items the lists
 * have that they give. It tells work from less work, as a clock would, but on any machine the same.
 */
export function textWork(fn: () => unknown): number {
  let work = 0
  const restores = SUBJECTS.flatMap((subject) =>
    Object.entries(Object.getOwnPropertyDescriptors(subject)).flatMap(([name, descriptor]) => {
      const method: unknown = descriptor.value
      if (name === 'constructor' || typeof method !== 'function') return []
      const value = function counted(this: unknown, ...args: unknown[]): unknown {
        work++
        const result: unknown = Reflect.apply(method, this, args)
        if (Array.isArray(result)) work += result.length
        return result
      }
      Object.defineProperty(subject, name, { ...descriptor, value })
      return [() => Object.defineProperty(subject, name, descriptor)]
    }),
  )
  try {
    fn()
  } finally {
    for (const restore of restores) restore()
  }
  return work
}
