/**
 * What somebody can make a node do with a Cookie header of 128 KB, against what a session of 40 cookies
 * costs to open. Exits with 1 where garbage of any kind costs as much, or more memory stays than a little.
 */
import { createSessions } from '../../src/index.ts'
import { RECENT_SECONDS } from '../../src/log/bursts/recent.ts'
import { openView } from '../../src/opening/view.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { BrowserJar } from '../../src/testing/browser-jar.ts'
import { garbage } from '../../test/security/garbage.ts'
import { seeded } from '../../test/support/random.ts'
import { median, table } from '../table.ts'

const ROUNDS = 41
const COUNT = 10
const VARIANTS = 8
const COOKIES = 40
const APART_MS = (RECENT_SECONDS + 1) * 1000
const MAX_MEMORY_MB = 16
const REAL = `${COOKIES} real ones`
const URL = 'https://bench.example/'
const secret = 'a-password-for-a-benchmark-of-more-than-32-characters'

/** The Cookie header of a session to which 39 requests wrote at once. */
async function realHeader(): Promise<string> {
  let now = Date.now() - COOKIES * APART_MS
  const sessions = createSessions({ secrets: secret, clock: () => now })
  const jar = new BrowserJar()
  const begin = () => {
    const cookie = jar.header(URL)
    return sessions.open(new Request(URL, { headers: cookie === undefined ? {} : { cookie } }))
  }
  const first = await begin()
  first.data['user'] = { id: 'user-1', name: 'Somebody' }
  jar.store((await sessions.commit(first, new Response())).headers.getSetCookie(), URL)
  const all = await Promise.all(Array.from({ length: COOKIES - 1 }, begin))
  for (const [i, session] of all.entries()) {
    session.data[`key${i}`] = 'value'
    // So that the node has forgotten those before it, which it would write once more.
    now += APART_MS
    jar.store((await sessions.commit(session, new Response())).headers.getSetCookie(), URL)
  }
  const cookies = jar.cookies(URL)
  if (cookies.length < COOKIES) throw new Error(`The jar has ${cookies.length} cookies.`)
  const names = cookies.slice(0, COOKIES).map(({ name, value }) => `${name}=${value}`)
  return names.join('; ')
}

// The real ones cost what they cost where nobody has seen them.
const options = { ...resolveOptions({ secrets: secret }), seen: undefined }
const open = (header: string) => openView(header, options.cookies.secure, options, options.clock())

// Several headers of each kind, so that nothing is seen twice in a row.
const headers = new Map<string, string[]>()
for (let i = 0; i < VARIANTS; i++) {
  const header = await realHeader()
  const real = { header, secret, name: 'session', now: Date.now() }
  for (const [what, text] of [[REAL, header] as const, ...(await garbage(real, seeded(i + 1)))])
    headers.set(what, [...(headers.get(what) ?? []), text])
}

const kinds = [...headers.keys()]
const times = new Map(kinds.map((what) => [what, [] as number[]]))
async function round(first: number, keep: boolean): Promise<void> {
  for (let turn = 0; turn < kinds.length; turn++) {
    const what = kinds[(first + turn) % kinds.length] ?? REAL
    const texts = headers.get(what) ?? []
    const start = performance.now()
    for (let i = 0; i < COUNT; i++) await open(texts[i % texts.length] ?? '')
    if (keep) times.get(what)?.push(((performance.now() - start) / COUNT) * 1000)
  }
}
for (let i = 0; i < 5; i++) await round(i, false)
globalThis.gc?.()
const before = process.memoryUsage().heapUsed
for (let i = 0; i < ROUNDS; i++) await round(i, true)
globalThis.gc?.()
const grown = (process.memoryUsage().heapUsed - before) / 2 ** 20

const medians = kinds.map((what) => ({ what, micros: median(times.get(what) ?? []) }))
const real = medians.find(({ what }) => what === REAL)?.micros ?? 0
const rows = medians.map(({ what, micros }) => [
  what,
  String(((headers.get(what)?.[0] ?? '').length / 1024).toFixed(0)),
  micros.toFixed(0),
  (micros / real).toFixed(2),
])
const openings = kinds.length * ROUNDS * COUNT
console.log(`Opening a Cookie header on Node ${process.versions.node}, µs, medians of ${ROUNDS} interleaved rounds of ${COUNT}.
The goal: 128 KB of garbage of any kind costs less than ${REAL}.
`)
console.log(table(['Cookie header', 'KB', 'µs', `: ${REAL}`], rows))
const measured = globalThis.gc === undefined ? ' (run with --expose-gc to know it exactly)' : ''
console.log(`\nHeap after ${openings} openings: ${grown.toFixed(1)} MB more${measured}.`)

const worst = medians.filter(({ what }) => what !== REAL).sort((a, b) => b.micros - a.micros)[0]
if (worst && worst.micros >= real) {
  console.error(
    `\n"${worst.what}" costs ${(worst.micros / real).toFixed(2)} times as much as ${REAL}.`,
  )
  process.exitCode = 1
}
if (globalThis.gc && grown > MAX_MEMORY_MB) {
  console.error(`\n${grown.toFixed(1)} MB stay, more than ${MAX_MEMORY_MB}.`)
  process.exitCode = 1
}
