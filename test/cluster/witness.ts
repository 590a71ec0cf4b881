/** A browser that keeps a history of what its requests wrote and saw, on a cluster whose nodes die. */
import { expect } from 'vitest'
import type { JournalReport } from '../../demo/test-routes.ts'
import { Browser } from '../../src/testing/browser.ts'
import type { Visit } from '../support/guarantees.ts'
import type { Random } from '../support/random.ts'

const MAX_DELAY_MS = 150
/** After three minutes writes settle, and then a part of the cookies may show a write without what led to it. */
const PARTIAL_MS = 150_000
const MOST_AT_ONCE = 5

export class Witness {
  readonly history: Visit[] = []
  /** The nodes that answered. */
  readonly nodes = new Set<string>()
  /** How many requests got no answer, since their node died or none was up. */
  unanswered = 0
  readonly #browser: Browser
  readonly #name: string
  readonly #random: Random
  /** Cookie headers of before. */
  readonly #headers: string[] = []
  readonly #begunAt = Date.now()
  #id: string | undefined
  #events = 0
  #writes = 0

  constructor(name: string, origin: string, random: Random) {
    this.#browser = new Browser(origin)
    this.#name = name
    this.#random = random
  }

  /** The first request: two of them at once would begin two sessions. */
  async begin(): Promise<void> {
    await this.#visit(true)
    expect(this.history).toHaveLength(1)
  }

  /** Some requests at once, and then one with a part of the cookies. */
  async act(): Promise<void> {
    const count = 1 + this.#random.below(MOST_AT_ONCE)
    await Promise.all(Array.from({ length: count }, () => this.#visit(this.#random.below(4) > 0)))
    if (Date.now() - this.#begunAt < PARTIAL_MS) await this.#lookWith(this.#part())
  }

  /** Reads with all cookies. */
  look(): Promise<void> {
    return this.#visit(false)
  }

  async #visit(writes: boolean): Promise<void> {
    const wrote = writes ? `${this.#name}.${this.#writes++}` : undefined
    const write = wrote === undefined ? '' : `write=${wrote}&`
    const path = `/test/journal?${write}delay=${this.#random.below(MAX_DELAY_MS)}`
    const sent = this.#events++
    const request = this.#browser.request(path, { method: 'POST' })
    this.#headers.push(request.headers.get('cookie') ?? '')
    const answer = await answerOf(request)
    if (answer === undefined) {
      this.unanswered++
      this.history.push({ sent, answered: undefined, wrote, saw: undefined })
      return
    }
    this.#browser.take(answer.response)
    const { id, node, saw } = answer.report
    this.#id ??= id
    expect(id, 'the same session').toBe(this.#id)
    this.nodes.add(node)
    this.history.push({ sent, answered: this.#events++, wrote, saw: wholeWrites(answer.report) })
    expect(saw.log.length).toBe(new Set(saw.log).size)
  }

  async #lookWith(cookie: string): Promise<void> {
    const request = new Request(new URL('/test/journal', this.#browser.origin), {
      method: 'POST',
      headers: { cookie },
    })
    const sent = this.#events++
    const answer = await answerOf(request)
    // Without its base it would be another session.
    if (answer === undefined || answer.report.id !== this.#id) return
    const saw = wholeWrites(answer.report)
    this.history.push({ sent, answered: undefined, wrote: undefined, saw, partial: true })
  }

  /** The cookies that some request before had, or those of now without one of them. */
  #part(): string {
    if (this.#random.below(2) === 0) return this.#random.pick(this.#headers)
    const pairs = (this.#browser.jar.header(this.#browser.origin) ?? '').split('; ')
    const withheld = this.#random.below(pairs.length)
    return pairs.filter((_, i) => i !== withheld).join('; ')
  }
}

/** The writes that show, in their order. All of a write shows, or nothing of it. */
function wholeWrites({ saw: { log, last, count } }: JournalReport): readonly string[] {
  expect({ last, count }).toEqual({ last: log.at(-1) ?? '', count: log.length })
  return log
}

/** The answer, once all of it has arrived; `undefined` where the node died or no node was up. */
async function answerOf(
  request: Request,
): Promise<{ readonly response: Response; readonly report: JournalReport } | undefined> {
  try {
    const response = await fetch(request)
    const text = await response.text()
    if (response.status === 502 || response.status === 503) return undefined
    expect(response.status, text).toBe(200)
    return { response, report: JSON.parse(text) as JournalReport }
  } catch (error) {
    // What breaks off in the middle of an answer.
    if (error instanceof TypeError) return undefined
    throw error
  }
}
