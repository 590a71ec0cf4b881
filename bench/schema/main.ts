/**
 * What a schema costs when a session is opened and its data read: the same session with and without a schema,
 * what of it comes after decryption and merging, and the schema alone, on data decoded beforehand.
 * `node schema/main.ts`
 */
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { createSessions, type Sessions, type StandardSchema } from '../../src/index.ts'
import { toState } from '../../src/session/data.ts'
import { prepare } from '../../src/session/prepare.ts'
import { resolveOptions } from '../../src/session/resolve.ts'
import { table } from '../table.ts'

const ROUNDS = 60
const COUNT = 200
const WARM_UP = 20
const SECRET = 'a-password-for-a-benchmark-of-more-than-32-characters'
const URL = 'https://bench.example/'

interface Item {
  sku: string
  count: number
}
interface Data {
  user: { id: string; name: string; since: Date }
  cart: Item[]
  seen: Record<string, number>
}

const id = 'a'.repeat(10)
const data = (items: number): Data => ({
  user: { id, name: 'Ada Lovelace', since: new Date(0) },
  cart: Array.from({ length: items }, (_, i) => ({ sku: `sku-${i}`, count: i })),
  seen: Object.fromEntries(Array.from({ length: items }, (_, i) => [`page-${i}`, i])),
})

const libraries: readonly (readonly [name: string, schema: StandardSchema<Data>])[] = [
  [
    'zod',
    z.object({
      user: z.object({ id: z.string(), name: z.string(), since: z.date() }),
      cart: z.array(z.object({ sku: z.string(), count: z.number() })),
      seen: z.record(z.string(), z.number()),
    }),
  ],
  [
    'valibot',
    v.object({
      user: v.object({ id: v.string(), name: v.string(), since: v.date() }),
      cart: v.array(v.object({ sku: v.string(), count: v.number() })),
      seen: v.record(v.string(), v.number()),
    }),
  ],
  [
    'arktype',
    type({
      user: { id: 'string', name: 'string', since: 'Date' },
      cart: type({ sku: 'string', count: 'number' }).array(),
      seen: 'Record<string, number>',
    }),
  ],
]

async function cookieWith(sessions: Sessions<Data>): Promise<string> {
  const session = await sessions.open(new Request(URL))
  session.increment(['seen', 'page'])
  const response = await sessions.commit(session, new Response())
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

/** One of the things that take turns. */
class Contender {
  /** ns of its quickest round: the one that nothing else disturbed. */
  least: number = Number.POSITIVE_INFINITY
  readonly run: () => Promise<void> | void

  constructor(run: () => Promise<void> | void) {
    this.run = run
  }
}

async function race(contenders: readonly Contender[]): Promise<void> {
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const first = (round + WARM_UP) % contenders.length
    for (const one of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const start = performance.now()
      for (let i = 0; i < COUNT; i++) await one.run()
      const nanos = ((performance.now() - start) / COUNT) * 1e6
      if (round >= 0) one.least = Math.min(one.least, nanos)
    }
  }
}

const rows: string[][] = []
for (const items of [2, 12]) {
  for (const [name, schema] of libraries) {
    const initial = () => data(items)
    const options = { secrets: SECRET, initial }
    const plain = createSessions<Data>(options)
    const checked = createSessions<Data>({ ...options, schema })
    const headers = new Headers({ cookie: await cookieWith(plain) })
    const decoded = (await plain.read(headers)).data
    const sealed = toState(decoded, {}, [])
    const read = (sessions: Sessions<Data>) => async () => {
      const { user } = (await sessions.read(headers, URL)).data
      if (user.id !== id) throw new Error('that is another session')
    }
    const decode = (resolved: ReturnType<typeof resolveOptions>) => async () => {
      if (!('user' in (await prepare(sealed, resolved, undefined)).data()))
        throw new Error('that is other data')
    }
    const contenders = {
      without: new Contender(read(plain)),
      checked: new Contender(read(checked)),
      decoding: new Contender(decode(resolveOptions(options))),
      checking: new Contender(decode(resolveOptions({ ...options, schema }))),
      alone: new Contender(async () => {
        const result = await schema['~standard'].validate(decoded)
        if (result.issues) throw new Error('the schema rejects it')
      }),
    }
    await race(Object.values(contenders))
    const difference = contenders.checking.least - contenders.decoding.least
    rows.push([
      `${name}, ${JSON.stringify(decoded).length} bytes`,
      ...Object.values(contenders).map(({ least }) => least.toFixed(0)),
      (contenders.checked.least / contenders.without.least).toFixed(2),
      (difference / contenders.alone.least).toFixed(1),
    ])
  }
}

console.log(`Node ${process.versions.node}, ns, the quickest of ${ROUNDS} interleaved rounds of ${COUNT}.

- open + read: decrypt, merge, decode; the same with a schema
- decode: what comes after decrypting and merging; the same with a schema
- alone: the schema, on data that is decoded already
- difference: decoding with a schema minus decoding without one, in terms of the schema alone
`)
console.log(
  table(
    [
      'schema, data',
      'open + read',
      'with schema',
      'decode',
      'with schema',
      'alone',
      'with : without',
      'difference : alone',
    ],
    rows,
  ),
)
