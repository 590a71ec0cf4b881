/** What has to hold in every framework. */
import { expect, test } from 'vitest'
import { Browser, type Fetch } from '../../src/testing/browser.ts'

export const SECRET = 'only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'

/** Where an app runs: at an origin, or in this process. */
export interface Running {
  readonly origin: string
  readonly app?: Fetch
}

/**
 * The promises that an app keeps that has `POST /cart/:sku`, `GET /cart`, and `POST /pay`, which empties the cart and
 * fails.
 */
export function keepsItsPromises(running: () => Running): void {
  const visitor = () => {
    const { origin, app } = running()
    const options = { secureOnLocalhost: true }
    return new Browser(origin, app ? { ...options, app } : options)
  }
  const skus = Array.from({ length: 10 }, (_, i) => `sku-${i}`)
  // As a page's fetch() would: some frameworks refuse a POST without an origin, or one that may be a form.
  const post = (browser: Browser, path: string) => {
    const headers = { Origin: browser.origin, 'Content-Type': 'application/json' }
    return browser.hold(path, { method: 'POST', headers, body: '{}' })
  }
  const cart = async (browser: Browser) => (await browser.get('/cart')).json()

  test('of 10 parallel writes none is lost', async () => {
    const browser = visitor()
    expect((await post(browser, '/cart/first')).release().status).toBeLessThan(300)
    const answers = await Promise.all(skus.map((sku) => post(browser, `/cart/${sku}`)))
    for (const answer of answers) answer.release()
    expect(Object.keys(await cart(browser)).sort()).toEqual(['first', ...skus].sort())
  })

  test('of 10 parallel writes of a first visit none is lost', async () => {
    const browser = visitor()
    const answers = await Promise.all(skus.map((sku) => post(browser, `/cart/${sku}`)))
    for (const answer of answers) answer.release()
    expect(Object.keys(await cart(browser)).sort()).toEqual(skus)
  })

  test('a handler that fails saves nothing', async () => {
    const browser = visitor()
    const tea = await post(browser, '/cart/tea')
    tea.release()
    const failed = (await post(browser, '/pay')).release()
    expect(failed.status).toBeGreaterThanOrEqual(400)
    expect(failed.headers.getSetCookie()).toEqual([])
    expect(await cart(browser)).toEqual({ tea: 1 })
  })

  test('what depends on the session is kept out of caches', async () => {
    const { headers } = await visitor().get('/cart')
    expect(headers.get('Cache-Control')).toBe('private, no-store')
    expect(headers.get('Vary')?.toLowerCase()).toContain('cookie')
  })
}
