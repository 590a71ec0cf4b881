/** Runs tests of the bundle as its parent asks, with one mutant at a time. */
import { $mutation } from './switch.ts'
import { collected, type Test } from './vitest.ts'

/** How often mutants were reached, by their numbers. */
type Hits = Readonly<Record<number, number>>

export interface Coverage {
  /** What loading the files of tests reached. */
  readonly static: Hits
  /** What each test reached, by its number. */
  readonly perTest: readonly Hits[]
}

export type Order =
  | { readonly do: 'dry-run' }
  | {
      readonly do: 'try'
      readonly mutant: number
      readonly tests: readonly number[]
      /** How often it may be reached: more often, and it hangs. */
      readonly most: number
      /** Whether the mutant was there when the files were loaded, and stays. */
      readonly isFresh: boolean
    }

export interface Ran {
  readonly file: string
  readonly name: string
  readonly ms: number
  readonly error: string | undefined
}

export type Answer =
  | { readonly is: 'ready' }
  | { readonly is: 'dry-run'; readonly tests: readonly Ran[]; readonly coverage: Coverage }
  /** `by` is the number of the test. `isSound`: it passes without the mutant, in the same process. */
  | { readonly is: 'killed'; readonly by: number; readonly isSound: boolean }
  | { readonly is: 'survived' }

/** Waits for orders until the parent goes. */
export async function serve(): Promise<void> {
  const tests = await collected()
  const answer = (it: Answer) => process.send?.(it)
  process.on('message', (order: Order) => {
    const done = order.do === 'dry-run' ? dryRun(tests) : attempt(tests, order)
    done.then(answer, (error: unknown) => {
      throw error
    })
  })
  answer({ is: 'ready' })
}

async function errorOf({ body }: Test): Promise<string | undefined> {
  try {
    await body()
    return undefined
  } catch (error) {
    return String(error)
  }
}

async function dryRun(tests: readonly Test[]): Promise<Answer> {
  const ran: Ran[] = []
  const perTest: Hits[] = []
  const whileLoading = hits()
  for (const test of tests) {
    const started = performance.now()
    const error = await errorOf(test)
    ran.push({ file: test.file, name: test.name, ms: performance.now() - started, error })
    perTest.push(hits())
  }
  return { is: 'dry-run', tests: ran, coverage: { static: whileLoading, perTest } }
}

/** What was reached since the last call. */
function hits(): Hits {
  const some: Record<number, number> = {}
  for (const [id, count] of $mutation.counts.entries()) if (count > 0) some[id] = count
  $mutation.counts.fill(0)
  return some
}

async function attempt(
  tests: readonly Test[],
  { mutant, tests: numbers, most, isFresh }: Extract<Order, { do: 'try' }>,
): Promise<Answer> {
  for (const by of numbers) {
    const test = tests[by]
    if (!test) throw new RangeError(`no test ${by}`)
    Object.assign($mutation, { active: mutant, hits: 0, most })
    const error = await errorOf(test)
    $mutation.active = -1
    if (error === undefined) continue
    // What a mutant left in this process must not count against the next one.
    return { is: 'killed', by, isSound: isFresh || (await errorOf(test)) === undefined }
  }
  return { is: 'survived' }
}
