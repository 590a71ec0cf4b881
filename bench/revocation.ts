/**
 * What revocation costs a request that only reads its session: calls of the store, bytes of cookies, and time; without the
 * option, and with it.
 */
import { createSessions, type RevocationStore, type Sessions } from '../src/index.ts'
import { memoryMarks } from '../src/stores/memory.ts'
import { table } from './table.ts'

const SECRET = 'only-for-benchmarks-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'
const URL = 'https://shop.example/'
const ROUNDS = 40
const REQUESTS = 500

interface Subject {
  readonly name: string
  readonly sessions: Sessions<Record<string, unknown>>
  readonly calls: { count: number }
  cookie: string
  best: number
}

let now = Date.now()
const clock = () => now

function subject(name: string, lag: number | undefined): Subject {
  const calls = { count: 0 }
  const inner = memoryMarks({ clock })
  const counted =
    <Args extends readonly unknown[], Result>(fn: (...args: Args) => Result) =>
    (...args: Args) => {
      calls.count++
      return fn(...args)
    }
  const store: RevocationStore = {
    isImmediate: true,
    get: counted(inner.get),
    put: counted(inner.put),
    registry: { ask: counted(inner.registry.ask) },
  }
  const revocation =
    lag === undefined ? {} : { revocation: { store, onUnavailable: 'deny', lag } as const }
  const sessions = createSessions({ secrets: SECRET, clock, ...revocation })
  return { name, sessions, calls, cookie: '', best: Number.POSITIVE_INFINITY }
}

async function read({ sessions, cookie }: Subject): Promise<number> {
  const session = await sessions.open(new Request(URL, { headers: { Cookie: cookie } }))
  if (session.subject !== 'ada') throw new Error('nobody is logged in')
  const response = await sessions.commit(session, new Response('ok'))
  return response.headers.getSetCookie().length
}

const subjects = [
  subject('without the option', undefined),
  subject('lag: 60, checked lately', 60),
  subject('lag: 0, memory', 0),
]

for (const each of subjects) {
  const session = await each.sessions.open(new Request(URL))
  session.login('ada')
  session.data['text'] = 'x'.repeat(500)
  const response = await each.sessions.commit(session, new Response('ok'))
  each.cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  each.calls.count = 0
}
now += 90_000
for (const each of subjects) for (let i = 0; i < REQUESTS; i++) await read(each)
const first = subjects.map(({ calls }) => calls.count)
let setCookies = 0
for (let round = 0; round < ROUNDS; round++) {
  for (const each of subjects) {
    const start = performance.now()
    for (let i = 0; i < REQUESTS; i++) setCookies += await read(each)
    each.best = Math.min(each.best, (performance.now() - start) / REQUESTS)
  }
}

console.log(
  `A read of a session that this node has seen before, 90 s after its login. Best of ${ROUNDS} rounds.\n`,
)
console.log(
  table(
    ['', 'store calls in 500 reads', 'Cookie, bytes', 'Set-Cookie', 'µs'],
    subjects.map(({ name, cookie, best }, i) => [
      name,
      String(first[i]),
      String(cookie.length),
      String(setCookies),
      (best * 1000).toFixed(1),
    ]),
  ),
)
if (first[0] !== 0 || setCookies !== 0) process.exitCode = 1
