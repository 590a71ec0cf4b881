/** The planner's numbers, some of them given on the command line. */
import { POLICY, type Policy } from '../../src/log/writing/policy.ts'

/** `POLICY` with what `name=number` or `name=number,number` says. */
export function policyFrom(given: readonly string[]): Policy {
  return given.reduce(withNumber, POLICY)
}

function withNumber(policy: Policy, text: string): Policy {
  const [name = '', value = ''] = text.split('=')
  const before: unknown = Reflect.get(policy, name)
  if (before === undefined)
    throw new Error(`Unknown number ${name}. There are: ${Object.keys(policy).join(', ')}`)
  const numbers = value.split(',').map(Number)
  const isList = Array.isArray(before)
  if (value === '' || numbers.some(Number.isNaN) || (!isList && numbers.length > 1))
    throw new Error(`${name} needs ${isList ? 'numbers with commas between them' : 'a number'}`)
  return { ...policy, [name]: isList ? numbers : numbers[0] }
}
