/** The app on Node, in a process of its own, which tells what it takes. */
import { createAdaptorServer } from '@hono/node-server'
import { appOf, type Reads } from './app.ts'

const MAX_HEADER_BYTES = 256 * 1024

const values = new Map<string, string>()
const reads: Reads = { count: 0, bytes: 0 }
const now = Number(process.argv[2])
/** What is held while a handler runs, if that is wanted. */
let held: number | undefined
const used = () => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
const app = appOf(values, now, reads, () => {
  if (held !== undefined) held = used()
})
app.post('/control/values', async (c) => {
  for (const [key, value] of Object.entries(await c.req.json())) values.set(key, String(value))
  return c.text('ok')
})
let before = process.cpuUsage()
app.post('/control/usage', (c) => {
  const { user, system } = process.cpuUsage(before)
  before = process.cpuUsage()
  const usage = { micros: user + system, ...reads }
  reads.count = 0
  reads.bytes = 0
  return c.json(usage)
})
/** How much more is held while the handler of a request runs than before it came. */
app.post('/control/memory', async (c) => {
  const { path, cookie } = await c.req.json()
  const request = new Request(`http://node.example${path}`, { headers: { cookie } })
  const start = used()
  held = start
  await (await app.fetch(request)).text()
  const more = held - start
  held = undefined
  return c.text(String(more))
})

const server = createAdaptorServer({
  fetch: app.fetch,
  serverOptions: { maxHeaderSize: MAX_HEADER_BYTES },
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' ? address?.port : undefined)
})
process.on('disconnect', () => process.exit(0))
