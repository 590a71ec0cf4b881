/** Mutants, tried one after the other in processes that have loaded the tests. */
import { type ChildProcess, fork } from 'node:child_process'
import { dirname } from 'node:path'
import type { Mutant } from './bundle.ts'
import type { Answer, Coverage, Order, Ran } from './serve.ts'

/** A test that takes longer runs for no mutant, and all tests of one mutant take no longer than this. */
const MAX_TEST_MS = 2500
const MAX_TESTS_MS = 4000
/** A process has so much time to start, and so many times what its tests take. */
const START_MS = 60_000
const SLOWER = 10
/** What runs a mutant so many times more often than the code as it is hangs. */
const MORE_HITS = 100

export type Fate = 'killed' | 'survived' | 'unreached'

export interface Tried {
  readonly mutant: Mutant
  readonly fate: Fate
  readonly by?: string
  /** Whether tests were left out that reach it. */
  readonly isCut: boolean
}

/** What the tests do without a mutant. */
export interface Known {
  readonly tests: readonly Ran[]
  readonly coverage: Coverage
}

/** One process after the other, in which mutants are tried. */
export class Trial {
  readonly #path: string
  readonly #known: Known
  #child: Child | undefined

  constructor(path: string, known: Known) {
    this.#path = path
    this.#known = known
  }

  end(): void {
    this.#child?.end()
    this.#child = undefined
  }

  async run(mutant: Mutant): Promise<Tried> {
    const { perTest, static: whileLoading } = this.#known.coverage
    const reaching = this.#known.tests.flatMap(({ error }, i) =>
      perTest[i]?.[mutant.id] === undefined || error !== undefined ? [] : [i],
    )
    const isStatic = whileLoading[mutant.id] !== undefined
    if (reaching.length === 0 && !isStatic) return { mutant, fate: 'unreached', isCut: false }
    const most = Math.max(1000, ...reaching.map((i) => perTest[i]?.[mutant.id] ?? 0))
    const order = { do: 'try', mutant: mutant.id, most: most * MORE_HITS } as const
    const own = this.#within(reaching, mutant.file)
    const isCut = own.length < reaching.length
    const by =
      own.length > 0 ? await this.#try({ ...order, tests: own, isFresh: false }) : undefined
    if (by !== undefined) return { mutant, fate: 'killed', by, isCut }
    if (!isStatic) return { mutant, fate: 'survived', isCut }
    // What stands in a module, or is made while the tests are loaded, is not made again.
    const room = roomOf(mutant.file)
    const near = this.#known.tests.flatMap(({ file }, i) => (file.startsWith(room) ? [i] : []))
    const all = this.#within([...new Set([...reaching, ...near])], mutant.file)
    const late = await this.#tryFresh({ ...order, tests: all, isFresh: true })
    return late === undefined
      ? { mutant, fate: 'survived', isCut }
      : { mutant, fate: 'killed', by: late, isCut }
  }

  /** Those that take no longer than a mutant may: what is near first, then what is fast. */
  #within(numbers: readonly number[], file: string): number[] {
    const { tests } = this.#known
    const isNear = (i: number) => tests[i]?.file.startsWith(roomOf(file)) === true
    const msOf = (i: number) => tests[i]?.ms ?? 0
    let left = MAX_TESTS_MS
    return [...numbers]
      .filter((i) => msOf(i) <= MAX_TEST_MS && tests[i]?.error === undefined)
      .sort((a, b) => msOf(a) * (isNear(a) ? 1 : 10) - msOf(b) * (isNear(b) ? 1 : 10))
      .filter((i) => {
        left -= msOf(i)
        return left > 0
      })
  }

  #nameOf(number: number): string {
    const test = this.#known.tests[number]
    return `${test?.file} ${test?.name}`
  }

  /** The test that fails. */
  async #try(order: Extract<Order, { do: 'try' }>): Promise<string | undefined> {
    const ms = order.tests.reduce((sum, i) => sum + (this.#known.tests[i]?.ms ?? 0), 0)
    for (;;) {
      const wasUsed = this.#child !== undefined
      this.#child ??= await Child.start(this.#path)
      const answer = await this.#child.ask(order, 5000 + ms * SLOWER)
      if (answer?.is === 'survived') return undefined
      if (answer?.is === 'killed' && answer.isSound) return this.#nameOf(answer.by)
      this.end()
      // A test that fails without the mutant as well: what another mutant left. Alone it tells.
      if (answer?.is === 'killed' && wasUsed) continue
      return answer?.is === 'killed' ? this.#nameOf(answer.by) : 'it does not end'
    }
  }

  async #tryFresh(order: Extract<Order, { do: 'try' }>): Promise<string | undefined> {
    const child = await Child.start(this.#path, order.mutant).catch(() => undefined)
    if (!child) return 'the tests do not load'
    const ms = order.tests.reduce((sum, i) => sum + (this.#known.tests[i]?.ms ?? 0), 0)
    const answer = await child.ask(order, 5000 + ms * SLOWER)
    child.end()
    if (answer?.is === 'survived') return undefined
    return answer?.is === 'killed' ? this.#nameOf(answer.by) : 'it does not end'
  }
}

/** Where the tests of a file are. */
function roomOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1).replace('src/', 'test/')
}

/** A process that has loaded the bundle. */
export class Child {
  readonly #process: ChildProcess

  private constructor(process: ChildProcess) {
    this.#process = process
  }

  static async start(path: string, mutant?: number): Promise<Child> {
    const env = {
      ...process.env,
      NODE_COMPILE_CACHE: dirname(path),
      ...(mutant === undefined ? {} : { CARRYON_MUTANT: String(mutant) }),
    }
    const child = new Child(
      fork(path, {
        env,
        stdio: ['ignore', 'ignore', mutant === undefined ? 'inherit' : 'ignore', 'ipc'],
      }),
    )
    if ((await child.#answer(START_MS))?.is === 'ready') return child
    child.end()
    throw new Error('The tests do not load.')
  }

  ask(order: Order, ms: number): Promise<Answer | undefined> {
    this.#process.send(order)
    return this.#answer(ms)
  }

  /** The next answer; `undefined` where the process ends before, or takes too long. */
  #answer(ms: number): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const done = (answer?: Answer) => {
        clearTimeout(timer)
        this.#process.off('message', done).off('exit', gone)
        resolve(answer)
      }
      const gone = () => done()
      const timer = setTimeout(gone, ms)
      this.#process.on('message', done).on('exit', gone)
    })
  }

  end(): void {
    this.#process.kill('SIGKILL')
  }
}
