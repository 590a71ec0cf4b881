/**
 * What the bundle of tests has in the place of vitest, so that one process can run any of them as often as it likes. The
 * assertions are vitest's own. What is not here fails when the bundle is made.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect'
import { spyOn } from '@vitest/spy'
import fc from 'fast-check'

/** Where no number of cases is told. */
fc.configureGlobal({ numRuns: 20, seed: 20_261_127 })

type Body = () => unknown
type Rest = readonly unknown[]

/** One test, once its file was loaded. */
export interface Test {
  readonly file: string
  readonly name: string
  readonly body: Body
}

interface Suite {
  readonly file: string
  readonly name: string
}

const tests: Test[] = []
const suites: (Suite & { readonly body: Body })[] = []
const within = new AsyncLocalStorage<Suite>()
let loading: Suite = { file: '', name: '' }

/** Stands at the beginning of each file of tests. */
export function inFile(file: string): void {
  loading = { file, name: '' }
}

/** All tests, in their order. Bodies of suites may be asynchronous. */
export async function collected(): Promise<readonly Test[]> {
  for (let suite = suites.shift(); suite; suite = suites.shift()) {
    const { file, name, body } = suite
    await within.run({ file, name }, async () => body())
  }
  return tests
}

function place(name: unknown): Suite {
  const { file, name: outer } = within.getStore() ?? loading
  return { file, name: `${outer} ${String(name)}`.trim() }
}

/** The body may come before or after the options. */
function bodyOf(rest: Rest): (...args: unknown[]) => unknown {
  const body = rest.find((each): each is Body => typeof each === 'function')
  if (!body) throw new TypeError('no body')
  return body
}

type Add = (name: string, ...rest: Rest) => void

function withEach(add: Add) {
  const each =
    (cases: Rest): Add =>
    (name, ...rest) => {
      const body = bodyOf(rest)
      const areArguments = cases.every(Array.isArray)
      for (const [i, given] of cases.entries()) {
        const args: unknown[] = areArguments && Array.isArray(given) ? given : [given]
        add(`${name} #${i}`, () => body(...args))
      }
    }
  return Object.assign(add, { each })
}

export const describe = withEach((name, ...rest) => {
  suites.push({ ...place(name), body: bodyOf(rest) })
})

export const test = withEach((name, ...rest) => {
  tests.push({ ...place(name), body: bodyOf(rest) })
})

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)
const matchers: unknown = Reflect.get(globalThis, ASYMMETRIC_MATCHERS_OBJECT)
export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  matchers,
)

/** Types are checked elsewhere. */
export const expectTypeOf: () => unknown = () => new Proxy(() => anything, { get: () => anything })
const anything: unknown = new Proxy(() => anything, { get: () => anything })

export const vi = { spyOn }
