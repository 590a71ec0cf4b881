/** A shop on localhost: three nodes behind one address, which share only the secret. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { expect } from 'vitest'
import { seeded } from '../../support/random.ts'
import type { Tab } from '../tab.ts'
import { Gate, listen, Meeting, pause } from './listen.ts'
import { type Report, type ShopOptions, shopApp } from './shop-app.ts'

/** What the shop saw of a request, in headers that no page can write itself. */
export interface Arrival {
  readonly method: string
  readonly path: string
  readonly cookie: string | undefined
  /** `Sec-Fetch-Site`, `-Mode` and `-Dest`. */
  readonly from: string
}

export interface Shop {
  readonly url: string
  /** Each request, in the order of their arrival. */
  readonly arrivals: readonly Arrival[]
  /** How many requests for that path are not answered yet. */
  underWay(path: string): number
  /** Answers what was to be answered late. */
  letGo(): void
  /** From now on it is so much later for all nodes. */
  passTime(ms: number): void
  close(): Promise<void>
}

/** No two machines have the same time. */
const CLOCKS_OFF_BY_MS = [0, 300, -300]
const AHEAD = 1
const BEHIND = 2
/** The way from the browser to a node takes less. */
const LONGEST_WAY_MS = 60

function arrivalOf({ method = '', url = '', headers }: IncomingMessage): Arrival {
  const from = ['site', 'mode', 'dest'].map((name) => headers[`sec-fetch-${name}`])
  const { pathname } = new URL(url, 'http://localhost')
  return { method, path: pathname, cookie: headers.cookie, from: from.join(' ') }
}

export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const random = seeded(20_261_127)
  const meeting = new Meeting()
  const gate = new Gate()
  const arrivals: Arrival[] = []
  const underWay = new Set<Arrival>()
  const forms = new Set<string>()
  let passed = 0
  let turn = 0

  const nodes = CLOCKS_OFF_BY_MS.map((off, i) => {
    const clock = () => Date.now() + passed + off
    return getRequestListener(shopApp({ ...options, clock, gate, isLate: i === AHEAD }).fetch)
  })

  /** A form that is sent twice goes first to the node that is ahead, so that its session seems to be the newer. */
  function nodeFor(form: string | null): number {
    if (form === null) return turn++ % nodes.length
    const sent = forms.size
    return sent < forms.add(form).size ? AHEAD : BEHIND
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const arrival = arrivalOf(incoming)
    arrivals.push(arrival)
    underWay.add(arrival)
    outgoing.once('close', () => underWay.delete(arrival))
    const { searchParams } = new URL(incoming.url ?? '', 'http://localhost')
    const node = nodeFor(arrival.method === 'POST' ? searchParams.get('form') : null)
    await meeting.join(Number(searchParams.get('together')))
    await pause(random.below(LONGEST_WAY_MS))
    await nodes[node]?.(incoming, outgoing)
  }

  const { port, close } = await listen((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy())
  })
  return {
    url: `http://localhost:${port}`,
    arrivals,
    underWay: (path) => [...underWay].filter((arrival) => arrival.path === path).length,
    letGo: () => gate.letGo(),
    passTime: (ms) => {
      passed += ms
    },
    close,
  }
}

/** The requests for that path, or for paths below it, that arrived last. */
export function lastArrivals(shop: Shop, path: string, count: number): readonly Arrival[] {
  const all = shop.arrivals.filter((arrival) => `${arrival.path}/`.startsWith(`${path}/`))
  expect(all.length).toBeGreaterThanOrEqual(count)
  return all.slice(-count)
}

async function report(tab: Tab): Promise<Report> {
  const { status, text } = await tab.call('/session', 'GET')
  expect(status, text).toBe(200)
  return JSON.parse(text) as Report
}

/** What the session holds; all nodes must say the same. The tab must be at the shop. */
export async function look(tab: Tab): Promise<Report> {
  const first = await report(tab)
  for (let i = 1; i < CLOCKS_OFF_BY_MS.length; i++) expect(await report(tab)).toEqual(first)
  return first
}

/** A line for what a session holds, in an order that parallel requests have no part in. */
export function seen({ user, data }: Report): string {
  const { goods = {}, list = [], count = 0 } = data
  const keys = Object.keys(goods).sort()
  return `${user ?? 'nobody'}: {${keys}} [${[...list].sort()}] ${count}`
}

/** The line for a session into which just these were put. */
export function holding(keys: readonly string[], user: string | null = null): string {
  const sorted = [...keys].sort()
  return `${user ?? 'nobody'}: {${sorted}} [${sorted}] ${keys.length}`
}

export async function put(tab: Tab, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) expect((await tab.call(`/put/${key}`)).status).toBe(200)
}

export async function logIn(tab: Tab, name: string): Promise<void> {
  const status = await tab.page.evaluate(async (name) => {
    const { status } = await fetch('/login', {
      method: 'POST',
      body: new URLSearchParams({ name }),
    })
    return status
  }, name)
  expect(status).toBe(200)
}
