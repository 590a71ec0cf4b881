/** The option `atomic`: which values are one value. */
import { stateKey, toPointer } from '../tree/pointer.ts'

/** Whether the value at a path of the state is one value, by patterns such as `'auth'` or `'address.*'`. */
export function atomicPaths(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false
  const wanted = patterns.map((pattern) => {
    const [first = '', ...rest] = pattern.split('.')
    return [
      toPointer([stateKey(first)]),
      ...rest.map((key) => (key === '*' ? key : toPointer([key]))),
    ]
  })
  return (path) => {
    const steps = path.split('/')
    return wanted.some(
      (keys) =>
        keys.length === steps.length && keys.every((key, i) => key === '*' || key === steps[i]),
    )
  }
}
