/** A browser whose nodes are killed while they answer, and what it was told. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { JournalReport } from '../../demo/test-routes.ts'
import { Browser } from '../../src/testing/browser.ts'
import type { Random } from '../support/random.ts'

/** How long the handlers of a burst take at the most. */
const MAX_DELAY_MS = 60
/** How long an answer is under way, so that some overtake others. */
const MAX_LATE_MS = 3

interface Write {
  readonly name: string
  readonly request: Request
}

export class Survivor {
  /** How many writes got no answer. */
  unanswered = 0
  readonly #browser: Browser
  readonly #random: Random
  readonly #sent = new Set<string>()
  /** Names of writes whose cookies have arrived, and of others that showed: those stay as well. */
  readonly #told = new Set<string>()
  #id: string | undefined

  constructor(origin: string, random: Random) {
    this.#browser = new Browser(origin)
    this.#random = random
  }

  /** How many cookies it has. */
  get cookies(): number {
    return this.#browser.cookie.split('; ').length
  }

  /** So many writes with one view. `meanwhile` happens when so many of them are over. */
  async burst(size: number, over: number, meanwhile: () => Promise<unknown>): Promise<void> {
    const writes = Array.from({ length: size }, () => this.#write(this.#random.below(MAX_DELAY_MS)))
    let left = over
    let done: Promise<unknown> | undefined
    const all = writes.map(async (write) => {
      await this.#send(write)
      if (left-- === 0) done = meanwhile()
    })
    await Promise.all(all)
    await done
  }

  /** One write, which must be answered. */
  async write(): Promise<void> {
    const write = this.#write()
    await this.#send(write)
    expect(this.#told).toContain(write.name)
  }

  /** Sends all cookies: what was acknowledged shows, once and whole, and what shows has been sent. */
  async look(): Promise<void> {
    const { length } = this.#browser.cookie
    const response = await this.#browser.post('/test/journal')
    expect(response.status, `with ${length} bytes of Cookie`).toBe(200)
    const { id, saw } = (await response.json()) as JournalReport
    this.#id ??= id
    expect(id, 'the same session').toBe(this.#id)
    const { log, last, count } = saw
    expect(log.length, 'once').toBe(new Set(log).size)
    expect({ last, count }, 'whole').toEqual({ last: log.at(-1) ?? '', count: log.length })
    expect(
      [...this.#told].filter((name) => !log.includes(name)),
      'lost',
    ).toEqual([])
    expect(
      log.filter((name) => !this.#sent.has(name)),
      'never sent',
    ).toEqual([])
    for (const name of log) this.#told.add(name)
  }

  #write(delayMs = 0): Write {
    const name = `w${this.#sent.size}`
    this.#sent.add(name)
    const path = `/test/journal?write=${name}&delay=${delayMs}`
    return { name, request: this.#browser.request(path, { method: 'POST' }) }
  }

  async #send({ name, request }: Write): Promise<void> {
    const lateMs = this.#random.below(MAX_LATE_MS)
    const response = await fetch(request).catch((error: unknown) => {
      if (error instanceof TypeError) return undefined
      throw error
    })
    if (response === undefined || response.status === 502) {
      this.unanswered++
      return
    }
    expect(response.status, response.ok ? '' : await response.text()).toBe(200)
    await sleep(lateMs)
    // A browser takes the cookies when it has the headers, whatever becomes of the rest.
    this.#browser.take(response)
    this.#told.add(name)
    await response.text().catch(() => '')
  }
}
