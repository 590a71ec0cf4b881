/** A browser of the one app that every library runs. */
import { Browser } from '../../src/testing/browser.ts'
import type { App } from './app.ts'

export const ORIGIN = 'https://bench.example'

/** A browser of `app`, for which any answer but 200 is an error. */
export function browserOf(app: App): Browser {
  return new Browser(ORIGIN, {
    app: async (request) => {
      const response = await app.fetch(request)
      if (response.status === 200) return response
      throw new Error(`${app.name}: ${request.method} ${request.url}: ${response.status}`)
    },
  })
}

/** What the app says is in the session. */
export async function valuesOf(
  browser: Browser,
  ...keys: readonly string[]
): Promise<ReadonlyMap<string, unknown>> {
  const body: unknown = await (await browser.get(`/read/${keys.join(',')}`)).json()
  return new Map(typeof body === 'object' && body !== null ? Object.entries(body) : [])
}
