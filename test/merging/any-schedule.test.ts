/** Whatever parallel requests did: none of those that follow fails for it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CarryonError, OverflowUnavailable, type SessionOptions } from '../../src/index.ts'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { often } from '../support/arbitraries.ts'
import { Clock, Shop } from '../support/visitor.ts'

interface Item {
  sku: string
  qty: number
}
interface Data {
  list: Item[]
  words: string[]
  map: Map<string, number>
  set: Set<number>
  o: Record<string, { qty: number; note?: string | undefined }>
  hits: number
  text: string
}

const initial = (): Data => ({
  list: [],
  words: [],
  map: new Map(),
  set: new Set(),
  o: {},
  hits: 0,
  text: '',
})

const schema = z.object({
  list: z.array(z.object({ sku: z.string(), qty: z.number().max(4) })).max(4),
  words: z.array(z.string()).max(3),
  map: z.map(z.string(), z.number()).refine((map) => map.size <= 3),
  set: z.set(z.number()).max(3),
  o: z.record(z.string(), z.object({ qty: z.number(), note: z.string().optional() })),
  hits: z.number().max(6),
  text: z.string(),
})

/** What a request does with a number that is drawn. */
type Change = (session: Session<Data>, n: number) => unknown

const key = (n: number) => `k${n % 4}`
const item = ({ data }: Session<Data>, n: number) => data.list[n % Math.max(1, data.list.length)]

const CHANGES: readonly Change[] = [
  ({ data }, n) => data.list.push({ sku: key(n), qty: 1 }),
  ({ data }, n) => data.list.unshift({ sku: `new ${n}`, qty: 1 }),
  ({ data }, n) => data.list.splice(n % 3, 1),
  ({ data }) => data.list.sort((a, b) => (a.sku < b.sku ? -1 : 1)),
  (session, n) => Object.assign(item(session, n) ?? {}, { qty: n % 5 }),
  ({ data }, n) => {
    data.list = data.list.filter(({ sku }) => sku !== key(n))
  },
  ({ data }, n) => {
    data.words = [...data.words, key(n)]
  },
  ({ data }) => {
    data.words = []
  },
  ({ data }, n) => data.map.set(key(n), n),
  ({ data }, n) => data.map.delete(key(n)),
  ({ data }, n) => data.set.add(n),
  ({ data }, n) => {
    data.o[key(n)] = { qty: n, note: 'n'.repeat(n * 40) }
  },
  ({ data }, n) => Object.assign(data.o[key(n)] ?? {}, { qty: n }),
  ({ data }, n) => delete data.o[key(n)],
  ({ data }) => {
    data.o = {}
  },
  (session, n) => session.increment('hits', n % 3),
  ({ data }, n) => {
    data.text = 't'.repeat(n * 120)
  },
  (session, n) => session.flash(key(n), n),
  (session, n) => session.once(key(n)) && session.increment('hits'),
  (session, n) => {
    session.data = { ...session.data, text: `all ${n}`, words: [key(n)] }
  },
]

interface Round {
  readonly pauseSeconds: number
  /** Each: its changes, and how late its answer arrives among those of the round. */
  readonly requests: readonly {
    readonly changes: readonly (readonly [number, number])[]
    readonly late: number
  }[]
}

const change = fc.tuple(fc.nat(CHANGES.length - 1), fc.nat(19))
const request = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
  late: fc.nat(9),
})
const rounds: fc.Arbitrary<Round[]> = fc.array(
  fc.record({
    pauseSeconds: fc.constantFrom(0, 1, 30, 200),
    requests: fc.array(request, { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 6 },
)

const KEYS = ['list', 'words', 'map', 'set', 'o', 'text'] as const

async function load(session: Session<Data>): Promise<void> {
  for (const each of KEYS) await loadKey(session, each)
}

/** Loads a value, if the store shows it already. */
async function loadKey(session: Session<Data>, key: (typeof KEYS)[number]): Promise<void> {
  try {
    await session.load(key)
  } catch (error) {
    if (!(error instanceof OverflowUnavailable)) throw error
  }
}

/** Runs a schedule. An answer that is an error changes nothing. */
async function play(shop: Shop<Data>, schedule: readonly Round[]): Promise<void> {
  for (const { pauseSeconds, requests } of schedule) {
    const begun = await Promise.all(
      requests.map(async (each) => ({ ...each, ...(await shop.begin()) })),
    )
    const answers: { readonly late: number; readonly deliver: () => void }[] = []
    for (const { session, answer, changes, late } of begun) {
      await load(session)
      try {
        for (const [at, n] of changes) await CHANGES[at]?.(session, n)
        answers.push({ late, deliver: await answer() })
      } catch (error) {
        // Too large, or not valid: it is refused.
        expect(error).toBeInstanceOf(CarryonError)
      }
      shop.clock.now += 40
    }
    answers.sort((a, b) => a.late - b.late)
    for (const { deliver } of answers) deliver()
    shop.clock.advance(pauseSeconds)
  }
}

/** What must never fail. */
const FOLLOWING: Readonly<Record<string, Change>> = {
  GET: (session) => load(session),
  login: (session) => {
    session.subject = 'ada'
  },
  regeneration: (session) => session.regenerate(),
  logout: (session) => session.destroy(),
  'shorter list': async (session) => {
    await loadKey(session, 'list')
    session.data.list.pop()
  },
  'emptied object': async (session) => {
    await session.load('o')
    session.data.o = {}
  },
  'shorter text': async (session) => {
    await session.load('text')
    session.data.text = ''
  },
}

async function follow(shop: Shop<Data>, schedule: readonly Round[]): Promise<void> {
  await shop.visit((session) => session.regenerate())
  await play(shop, schedule)
  for (const seconds of [0, 200, 300]) {
    shop.clock.advance(seconds)
    for (const [name, handler] of Object.entries(FOLLOWING)) {
      const session = await shop.sessions.open(shop.visitor.request())
      try {
        await handler(session, 0)
        // Its answer is lost, so that the next one finds the same.
        await shop.sessions.commit(session, new Response())
      } catch (error) {
        // The handler read a value that the store does not show yet.
        if (error instanceof OverflowUnavailable) continue
        throw new Error(`after ${seconds} s: ${name}`, { cause: error })
      }
    }
  }
}

const PLACES = [
  'no store',
  'a store',
  'a store, lazily loaded',
  'a store that takes nothing',
  'a store that shows values late',
] as const

function storeOptions(place: (typeof PLACES)[number], clock: Clock): Partial<SessionOptions<Data>> {
  if (place === 'no store') return {}
  const store = memoryStore({ clock: clock.read })
  if (place === 'a store that takes nothing')
    return { overflow: faultyStore(store, { put: 'rejects' }, clock.read) }
  if (place === 'a store that shows values late')
    return { overflow: faultyStore(store, { visibleAfterMs: 20_000 }, clock.read) }
  return { overflow: store, overflowLoad: place === 'a store' ? 'eager' : 'lazy' }
}

describe.each([
  ['', {}],
  [' and a schema', { schema }],
] as const)('after any parallel requests nothing fails for them, with', (also, options) => {
  for (const place of PLACES) {
    test(`${place}${also}`, { timeout: 120_000 }, async () => {
      const property = fc.asyncProperty(rounds, async (schedule) => {
        const clock = new Clock()
        const more = storeOptions(place, clock)
        await follow(new Shop<Data>({ initial, ...options, ...more }, { clock }), schedule)
      })
      await fc.assert(property, often(60))
    })
  }
})
