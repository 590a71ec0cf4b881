/** The app in workerd. What it takes is measured from outside. */
import { type App, appOf, type Reads } from './app.ts'

const values = new Map<string, string>()
const reads: Reads = { count: 0, bytes: 0 }
let app: App | undefined

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/control/start') {
      app = appOf(values, Number(searchParams.get('now')), reads)
      return new Response('ok')
    }
    if (pathname === '/control/values') {
      for (const [key, value] of Object.entries((await request.json()) as Record<string, string>))
        values.set(key, value)
      return new Response('ok')
    }
    if (pathname === '/control/usage') {
      const usage = Response.json({ ...reads })
      reads.count = 0
      reads.bytes = 0
      return usage
    }
    return app ? app.fetch(request) : new Response('not started', { status: 500 })
  },
}
