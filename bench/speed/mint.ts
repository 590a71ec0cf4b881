/**
 * Cookies of many browsers, made in another thread: what this thread opens first, it has never seen, even
 * where a cache is filled by sealing.
 */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { browserOf, ORIGIN } from '../peers/browser.ts'
import { carryon } from '../peers/carryon.ts'

/** What to make: `count` Cookie headers, each of a browser that wrote `values` one after the other. */
export interface Order {
  readonly count: number
  readonly values: readonly string[]
}

export async function mint(order: Order): Promise<string[]> {
  const worker = new Worker(new URL(import.meta.url), { workerData: order })
  const [headers] = (await once(worker, 'message')) as [string[]]
  await worker.terminate()
  return headers
}

async function make({ count, values }: Order): Promise<string[]> {
  const app = carryon(() => Promise.resolve())
  const headers: string[] = []
  for (let i = 0; i < count; i++) {
    const browser = browserOf(app)
    for (const value of values) await browser.post(`/set/user/${value}`)
    headers.push(browser.jar.header(ORIGIN) ?? '')
  }
  return headers
}

if (!isMainThread) parentPort?.postMessage(await make(workerData as Order))
