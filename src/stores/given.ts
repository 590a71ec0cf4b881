/** The options that stores are given. */
import { ConfigError } from '../errors.ts'

/** What an option may be, and how a message calls that. */
type Demand = readonly [isRight: (value: unknown) => boolean, what: string]

export const TEXT: Demand = [(value) => typeof value === 'string', 'text']
export const FLAG: Demand = [(value) => typeof value === 'boolean', 'true or false']
export const CLOCK: Demand = [
  (value) => typeof value === 'function',
  'a function that returns the time in ms since 1970',
]
/** For what is checked elsewhere. */
export const ANYTHING: Demand = [() => true, 'anything']

/**
 * Checks the options of a store. What is misspelled would be ignored.
 *
 * @throws ConfigError
 */
export function requireOptions(
  name: string,
  options: unknown,
  rules: Readonly<Record<string, Demand>>,
): void {
  const names = Object.keys(rules).join(', ')
  if (typeof options !== 'object' || options === null)
    throw new ConfigError(`${name}: the options must be an object. Valid options: ${names}.`)
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(rules, key))
  if (unknown !== undefined)
    throw new ConfigError(`${name}: unknown option "${unknown}". Valid options: ${names}.`)
  for (const [key, [isRight, what]] of Object.entries(rules)) {
    const value: unknown = Reflect.get(options, key)
    if (value !== undefined && !isRight(value))
      throw new ConfigError(`${name}: ${key} must be ${what}.`)
  }
}
