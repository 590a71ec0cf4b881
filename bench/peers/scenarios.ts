/** What goes wrong where two requests of one browser overlap. Values are compared, not statuses. */
import type { Browser } from '../../src/testing/browser.ts'
import type { Random } from '../../test/support/random.ts'
import type { App, Item, MakeApp } from './app.ts'
import { browserOf, valuesOf } from './browser.ts'

/** What a library did. */
export interface Outcome {
  readonly name: string
  /** Of `ROUNDS × WRITERS` writes of different keys, sent at once and answered in random order. */
  readonly writesLost: number
  /** The same where these are the first requests of a browser that has no session yet. */
  readonly firstWritesLost: number
  /** Of `ROUNDS` writes, with a read sent at once and answered after it. */
  readonly undoneByRead: number
  /** Of `ROUNDS` logouts, with a request sent before and answered after. */
  readonly undoneBySlow: number
  /** Of `ROUNDS × WRITERS` items that are pushed onto one list at once. */
  readonly pushesLost: number
  /** Of `ROUNDS × WRITERS` edits of items of one list, at once. */
  readonly editsLost: number
  /** Of `INCREMENTS` at once, in each round of `COUNTER_ROUNDS`, for the worst and the best. */
  readonly incrementsKept: readonly [worst: number, best: number]
}

export const ROUNDS = 100
export const WRITERS = 6
export const INCREMENTS = 20
export const COUNTER_ROUNDS = 20

/** Holds requests that wait at it until it is opened. */
class Gate {
  #reach: () => void = () => undefined
  #open: () => void = () => undefined
  #opened: Promise<void> = Promise.resolve()
  /** Settles once a request waits. */
  reached: Promise<void> = Promise.resolve()

  close(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
    this.reached = new Promise((resolve) => {
      this.#reach = resolve
    })
  }

  open(): void {
    this.#open()
  }

  pass(): Promise<void> {
    this.#reach()
    return this.#opened
  }
}

export async function observe(make: MakeApp, random: Random): Promise<Outcome> {
  const gate = new Gate()
  const app = make(() => gate.pass())
  let writesLost = 0
  let firstWritesLost = 0
  let undoneByRead = 0
  let pushesLost = 0
  let editsLost = 0
  let undoneBySlow = 0
  for (let round = 0; round < ROUNDS; round++) {
    writesLost += await parallelWrites(await signedIn(app, word(random)), random)
    firstWritesLost += await parallelWrites(browserOf(app), random)
    pushesLost += await parallelPushes(app, random)
    editsLost += await parallelEdits(app, random)
    undoneByRead += await readBesideWrite(app, random)
    undoneBySlow += await slowBesideLogout(app, gate, random)
  }
  const kept: number[] = []
  for (let round = 0; round < COUNTER_ROUNDS; round++)
    kept.push(await parallelIncrements(app, random))
  const incrementsKept = [Math.min(...kept), Math.max(...kept)] as const
  const lost = { writesLost, firstWritesLost, pushesLost, editsLost }
  return { name: app.name, ...lost, undoneByRead, undoneBySlow, incrementsKept }
}

/** A browser with a session, for which `user` stands. */
async function signedIn(app: App, user: string): Promise<Browser> {
  const browser = browserOf(app)
  await browser.post(`/set/user/${user}`)
  await expectUser(browser, user)
  return browser
}

async function expectUser(browser: Browser, user: string | undefined): Promise<void> {
  const found = (await valuesOf(browser, 'user')).get('user') ?? undefined
  if (found !== user) throw new Error(`The session has the user ${found}, not ${user}.`)
}

/** How many of the writes are not there in the end. */
async function parallelWrites(browser: Browser, random: Random): Promise<number> {
  const writes = Array.from({ length: WRITERS }, (_, i) => ({ key: `k${i}`, value: word(random) }))
  const answers = await Promise.all(
    writes.map(({ key, value }) => browser.ask('POST', `/set/${key}/${value}`)),
  )
  for (const answer of shuffled(answers, random)) browser.take(answer)
  const found = await valuesOf(browser, ...writes.map(({ key }) => key))
  return writes.filter(({ key, value }) => found.get(key) !== value).length
}

/** How many of the items are not in the list in the end. */
async function parallelPushes(app: App, random: Random): Promise<number> {
  const browser = await signedIn(app, word(random))
  const ids = Array.from({ length: WRITERS }, () => word(random))
  await atOnce(
    browser,
    ids.map((id) => `/push/${id}`),
    random,
  )
  const items = await itemsOf(browser)
  return ids.filter((id) => !items.some((item) => item.id === id)).length
}

/** How many edits do not count: one for each item of the list. */
async function parallelEdits(app: App, random: Random): Promise<number> {
  const browser = await signedIn(app, word(random))
  const ids = Array.from({ length: WRITERS }, () => word(random))
  for (const id of ids) await browser.post(`/push/${id}`)
  await atOnce(
    browser,
    ids.map((id) => `/edit/${id}`),
    random,
  )
  const items = await itemsOf(browser)
  return ids.filter((id) => items.find((item) => item.id === id)?.qty !== 2).length
}

async function itemsOf(browser: Browser): Promise<readonly Partial<Item>[]> {
  const items = (await valuesOf(browser, 'items')).get('items')
  return Array.isArray(items) ? items : []
}

/** Sends all of them at once. They are answered in random order. */
async function atOnce(browser: Browser, paths: readonly string[], random: Random): Promise<void> {
  const answers = await Promise.all(paths.map((path) => browser.ask('POST', path)))
  for (const answer of shuffled(answers, random)) browser.take(answer)
}

/** 1 where a read whose answer comes last takes the write back. */
async function readBesideWrite(app: App, random: Random): Promise<number> {
  const browser = await signedIn(app, word(random))
  const value = word(random)
  // Time passes between requests of a person: a library that notes the time of access has one to note.
  await new Promise((resolve) => setTimeout(resolve, 2))
  const [write, read] = await Promise.all([
    browser.ask('POST', `/set/k/${value}`),
    browser.ask('GET', '/read/user,k'),
  ])
  browser.take(write)
  browser.take(read)
  return (await valuesOf(browser, 'k')).get('k') === value ? 0 : 1
}

/** 1 where a request that was sent before the logout, and writes after it, signs the user in again. */
async function slowBesideLogout(app: App, gate: Gate, random: Random): Promise<number> {
  const user = word(random)
  const browser = await signedIn(app, user)
  gate.close()
  const slow = browser.ask('POST', `/slow/k/${word(random)}`)
  await Promise.race([gate.reached, slow])
  await browser.post('/logout')
  await expectUser(browser, undefined)
  gate.open()
  browser.take(await slow)
  return (await valuesOf(browser, 'user')).get('user') === user ? 1 : 0
}

/** What the counter says after all of them were answered. */
async function parallelIncrements(app: App, random: Random): Promise<number> {
  const browser = await signedIn(app, word(random))
  const answers = await Promise.all(
    Array.from({ length: INCREMENTS }, () => browser.ask('POST', '/increment')),
  )
  for (const answer of shuffled(answers, random)) browser.take(answer)
  return Number((await valuesOf(browser, 'n')).get('n'))
}

function word(random: Random): string {
  return `w${random.below(2 ** 32).toString(36)}`
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items]
  return items.flatMap(() => rest.splice(random.below(rest.length), 1))
}
