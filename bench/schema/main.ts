/**
 * What a schema costs when a session is opened and its data read: the option `schema`, against an app that opens
 * the same session without it and calls the schema itself. Exits with 1 where the option costs more than that. Cookies
 * are opened with WebCrypto, as on Workers: that is what the share is of. Without the `--import` the figures are those of
 * Node, where opening is much faster.
 * `node --import ./bench/schema/web-crypto.ts bench/schema/main.ts`
 */
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { toState } from '../../src/data/data.ts'
import { createSessions, type Sessions, type StandardSchema } from '../../src/index.ts'
import { type ResolvedOptions, resolveOptions } from '../../src/options/resolve.ts'
import { SessionRequest } from '../../src/session/request.ts'
import { Session } from '../../src/session/session.ts'
import { show } from '../../src/shown/show.ts'
import { median, table } from '../table.ts'

const ROUNDS = 30
const COUNT = 100
const WARM_UP = 10
const LIMIT = 0.05
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

const zodSchema = z.object({
  user: z.object({ id: z.string(), name: z.string(), since: z.date() }),
  cart: z.array(z.object({ sku: z.string(), count: z.number() })),
  seen: z.record(z.string(), z.number()),
})

const libraries: readonly (readonly [name: string, schema: StandardSchema<Data>])[] = [
  ['zod', zodSchema],
  ['zod, a default', zodSchema.extend({ coupon: z.string().default('') })],
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
  /** ns, by the round. */
  readonly times: number[] = []
  readonly run: () => Promise<void>

  constructor(run: () => Promise<void>) {
    this.run = run
  }

  get median(): number {
    return median(this.times)
  }
}

async function race(contenders: readonly Contender[]): Promise<void> {
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const first = (round + WARM_UP) % contenders.length
    for (const one of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const start = performance.now()
      for (let i = 0; i < COUNT; i++) await one.run()
      if (round >= 0) one.times.push(((performance.now() - start) / COUNT) * 1e6)
    }
  }
}

async function validate(schema: StandardSchema<Data>, value: object): Promise<void> {
  const result = await schema['~standard'].validate(value)
  if (result.issues || result.value.user.id !== id) throw new Error('the schema rejects it')
}

const rows: string[][] = []
let worst = 0
for (const items of [2, 12]) {
  for (const [name, schema] of libraries) {
    const options = { secrets: SECRET, initial: () => data(items) }
    const plain = createSessions<Data>(options)
    const headers = new Headers({ cookie: await cookieWith(plain) })
    const sealed = toState((await plain.read(headers)).data, {}, [])
    const read = async (resolved: ResolvedOptions) => {
      const cookies = headers.get('Cookie') ?? ''
      const request = await SessionRequest.open(cookies, resolved.cookies.secure, resolved)
      const session = new Session<Data>(request)
      if (session.data.user.id !== id) throw new Error('that is another session')
      return session.data
    }
    const [without, withSchema] = [resolveOptions(options), resolveOptions({ ...options, schema })]
    const unseen = (resolved: ResolvedOptions) => ({ ...resolved, seen: undefined })
    const decode = async (resolved: ResolvedOptions) => {
      const data = (
        await show({ state: sealed, memory: undefined, waiting: new Map() }, resolved, undefined)
      ).data([])
      if (!('user' in data)) throw new Error('that is other data')
      return data
    }
    const opening = {
      none: new Contender(async () => void (await read(unseen(without)))),
      app: new Contender(async () => validate(schema, await read(unseen(without)))),
      option: new Contender(async () => void (await read(unseen(withSchema)))),
      again: new Contender(async () => void (await read(without))),
      againOption: new Contender(async () => void (await read(withSchema))),
    }
    const decoding = {
      none: new Contender(async () => void (await decode(without))),
      app: new Contender(async () => validate(schema, await decode(without))),
      option: new Contender(async () => void (await decode(withSchema))),
    }
    // All in the same rounds: what disturbs the one disturbs the other, and shares stay what they are.
    await race([...Object.values(opening), ...Object.values(decoding)])
    const beyond = decoding.option.median - decoding.app.median
    const share = beyond / opening.none.median
    worst = Math.max(worst, share)
    rows.push([
      `${name}, ${JSON.stringify(sealed).length} bytes`,
      ...Object.values(opening).map((one) => micros(one.median)),
      ...[decoding.none, decoding.app, decoding.option].map((one) => micros(one.median)),
      micros(beyond),
      `${(share * 100).toFixed(1)} %`,
    ])
  }
}

function micros(nanos: number): string {
  return (nanos / 1000).toFixed(1)
}

console.log(`Node ${process.versions.node}, µs, medians of interleaved rounds of ${COUNT}.

- open: decrypt, merge, decode and read; without a schema, with one that the app calls, with the option
- again: the same for cookies that were opened before; without a schema and with the option
- decode: what of it comes after decrypting and merging, in the same three ways
- beyond: what the option costs beyond the schema itself, in µs and as a share of opening

The goal: not more than ${LIMIT * 100} % beyond.
`)
console.log(
  table(
    [
      'schema, data',
      'open',
      'by app',
      'option',
      'again',
      'option',
      'decode',
      'by app',
      'option',
      'beyond',
      'share',
    ],
    rows,
  ),
)
console.log(`\nThe worst: ${(worst * 100).toFixed(1)} %.`)
if (worst > LIMIT) process.exit(1)
