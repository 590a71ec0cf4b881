/** Time that passes only when nothing is left to do: nobody sleeps for real. */

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Time goes on when so many promises in a row have settled and nobody began any work. */
const IDLE_STEPS = 200
/** How often the event loop may turn before a task that waits for nothing is given up. */
const MOST_TURNS = 1000

export class VirtualTime {
  now: number
  readonly read = (): number => this.now
  #sleepers: Sleeper[] = []

  constructor(start: number) {
    this.now = start
  }

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ at: this.now + ms, wake })
    })

  /** Lets time pass until the task is done. */
  async run<T>(task: Promise<T>): Promise<T> {
    let done = false
    const mark = () => {
      done = true
    }
    task.then(mark, mark)
    const cryptography = new Cryptography()
    try {
      for (let turns = 0; turns < MOST_TURNS; ) {
        await cryptography.quiet()
        if (done) return await task
        if (this.#wakeNext()) turns = 0
        else {
          turns++
          await turn()
        }
      }
      throw new Error('The task waits, and not for time.')
    } finally {
      cryptography.restore()
    }
  }

  /** Wakes who wakes first, if anybody sleeps. */
  #wakeNext(): boolean {
    const next = this.#sleepers.toSorted((a, b) => a.at - b.at)[0]
    if (!next) return false
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next)
    this.now = Math.max(this.now, next.at)
    next.wake()
    return true
  }
}

type Work<Args extends unknown[], Result> = (...args: Args) => Promise<Result>

/** The cryptography that is under way: the only work of a request that takes real time. */
class Cryptography {
  readonly #real = {
    encrypt: crypto.subtle.encrypt,
    decrypt: crypto.subtle.decrypt,
    deriveBits: crypto.subtle.deriveBits,
    importKey: crypto.subtle.importKey,
  }
  #running = 0

  constructor() {
    const { encrypt, decrypt, deriveBits, importKey } = this.#real
    Object.assign(crypto.subtle, {
      encrypt: this.#counted(encrypt),
      decrypt: this.#counted(decrypt),
      deriveBits: this.#counted(deriveBits),
      importKey: this.#counted(importKey),
    })
  }

  /** Waits until there is none, and nothing else to do. */
  async quiet(): Promise<void> {
    for (let idle = 0; idle < IDLE_STEPS; idle++) {
      while (this.#running > 0) {
        await turn()
        idle = 0
      }
      await Promise.resolve()
    }
  }

  restore(): void {
    Object.assign(crypto.subtle, this.#real)
  }

  #counted<Args extends unknown[], Result>(work: Work<Args, Result>): Work<Args, Result> {
    return (...args) => {
      this.#running++
      return work.apply(crypto.subtle, args).finally(() => {
        this.#running--
      })
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
