import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect, inject, onTestFinished } from 'vitest'
import type { SessionReport } from '../../demo/api.ts'
import type { ClusterStatus } from '../../demo/cluster/admin.ts'

/** A request that the page makes by itself, `at` milliseconds after the first. */
export interface Call {
  readonly path: string
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly at?: number
}

export interface Answer {
  readonly status: number
  readonly node: string | null
  readonly text: string
  /** When it was there, in milliseconds after the first request was sent. */
  readonly endedAt: number
}

/** RFC 6265bis: name plus value. */
const MAX_COOKIE_BYTES = 4_096
const PATIENCE = { timeout: 60_000 }

/** One page of a browser with a jar of its own, and all that went wrong in it. */
export class Tab {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors of the console and of scripts, CSP violations, requests without an answer. */
  readonly errors: string[] = []
  /** Status of each answer that is not a success. */
  readonly refusals: number[] = []
  /** Each cookie that an answer tried to set: name plus value. */
  readonly sent: Promise<string[]>[] = []

  private constructor(context: BrowserContext, page: Page) {
    this.context = context
    this.page = page
    page.on('pageerror', (error) => this.errors.push(String(error)))
    page.on('requestfailed', (request) => this.errors.push(`no answer: ${request.url()}`))
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text())
    })
    page.on('response', (response) => {
      if (response.status() >= 400) this.refusals.push(response.status())
      const pairs = response
        .headersArray()
        .then((all) => all.filter(({ name }) => name.toLowerCase() === 'set-cookie'))
        .then((all) => all.map(({ value }) => value.split(';')[0]?.replace('=', '') ?? ''))
        .catch(() => []) // The tab was closed meanwhile.
      this.sent.push(pairs)
    })
  }

  static async open(context: BrowserContext, url: string): Promise<Tab> {
    const tab = new Tab(context, await context.newPage())
    await tab.page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        console.error(`CSP: ${violatedDirective} ${blockedURI}`)
      })
    })
    await tab.page.goto(url)
    return tab
  }

  /** Makes the calls from within the page, all at once unless they say otherwise. */
  atOnce(calls: readonly Call[]): Promise<Answer[]> {
    return this.page.evaluate(async (calls) => {
      const start = performance.now()
      const send = async ({ path, method = 'POST', at = 0 }: (typeof calls)[number]) => {
        if (at > 0) await new Promise((resolve) => setTimeout(resolve, at))
        const response = await fetch(path, { method })
        const node = response.headers.get('x-node')
        const text = await response.text()
        return { status: response.status, node, text, endedAt: performance.now() - start }
      }
      return Promise.all(calls.map(send))
    }, calls)
  }

  async call(path: string, method: 'GET' | 'POST' | 'DELETE' = 'POST'): Promise<Answer> {
    const [answer] = await this.atOnce([{ path, method }])
    if (answer === undefined) throw new Error('no answer')
    return answer
  }

  async report(): Promise<SessionReport> {
    const { status, text } = await this.call('/api/session', 'GET')
    expect(status, text).toBe(200)
    return JSON.parse(text) as SessionReport
  }

  /** Makes the calls at once, and expects that the first is answered before any other. */
  async expectAnsweredFirst(calls: readonly Call[]): Promise<void> {
    const [first, ...others] = await this.atOnce(calls)
    expect(first?.status).toBe(200)
    for (const other of others) {
      expect(other.status).toBe(200)
      expect(other.endedAt).toBeGreaterThan(first?.endedAt ?? Number.POSITIVE_INFINITY)
    }
  }

  click(selector: string): Promise<void> {
    return this.page.click(selector, PATIENCE)
  }

  /** Waits until the element shows that: all of it, or what the pattern says. */
  async shows(id: string, text: string | RegExp): Promise<void> {
    const shown = expect.poll(() => this.page.textContent(`#${id}`), PATIENCE)
    await (typeof text === 'string' ? shown.toBe(text) : shown.toMatch(text))
  }

  /** That no answer tried to set a cookie that browsers drop. */
  async expectNoneTooBig(): Promise<void> {
    const sent = (await Promise.all(this.sent)).flat()
    expect(sent.length).toBeGreaterThan(0)
    expect(Math.max(...sent.map((pair) => pair.length))).toBeLessThanOrEqual(MAX_COOKIE_BYTES)
    for (const { name, value } of await this.context.cookies()) {
      expect(name.length + value.length, name).toBeLessThanOrEqual(MAX_COOKIE_BYTES)
    }
  }
}

let browser: Promise<Browser> | undefined

/** A new visitor, until the test is over. */
export async function openTab(url: string): Promise<Tab> {
  browser ??= chromium.connect(inject('browserEndpoint'))
  const context = await (await browser).newContext({ ignoreHTTPSErrors: true })
  onTestFinished(() => context.close())
  return Tab.open(context, url)
}

/** A new visitor whose requests are made by the tests alone. */
export const openQuiet = (): Promise<Tab> => openTab(`${inject('clusterUrl')}/style.css`)

/** A new visitor who looks at the demo page. */
export async function openPage(): Promise<Tab> {
  const tab = await openTab(inject('clusterUrl'))
  await tab.shows('says', /answered first/)
  return tab
}

/** What the cluster's own page sees of it. */
export async function clusterStatus(): Promise<ClusterStatus> {
  const response = await fetch(`${inject('clusterUrl')}/__cluster/nodes`)
  return (await response.json()) as ClusterStatus
}

/** How often the store was written to. */
export async function storeWrites(): Promise<number> {
  const { operations } = (await clusterStatus()).store
  if (operations === null) throw new Error('the store is down')
  return operations.put
}
