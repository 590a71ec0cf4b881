/** Lists, objects, Maps and Sets that lie in the overflow store, changed by a real Chromium six times at once. */
import { describe, expect, it } from 'vitest'
import { filler } from '../../demo/filler.ts'
import type { CollectionsReport } from '../../demo/test-collections.ts'
import { openQuiet, storeWrites, type Tab } from './tab.ts'

/** As many connections as Chromium opens over HTTP/1.1. */
const PARALLEL = 6
const COLLECTIONS = 5
/** What Node takes, all headers of a request together. */
const MAX_HEADER_BYTES = 16_384

/** Where the routes are whose store is read before the handler, and those whose store is read on `load()`. */
const ROUTES = {
  eager: ['/test/collections'],
  lazy: ['/test-lazy/collections'],
  'eager and lazy in turn': ['/test/collections', '/test-lazy/collections'],
} as const

type Loading = keyof typeof ROUTES

/** A change that one request makes: how, where, and how much text it writes. */
type Change = readonly [how: string, id: string, bytes: number]

/** Six changes, such as `push 1-0` or `edit 1-0 3000`. What is there at first is called `0-0` to `0-11`. */
const changesOf = (line: string): Change[] =>
  line.split(', ').map((change) => {
    const [how = '', id = '', bytes = '100'] = change.split(' ')
    return [how, id, Number(bytes)]
  })

const BURSTS = {
  'of one kind each': [
    'push 1-0, push 1-1, push 1-2, push 1-3, push 1-4, push 1-5',
    'key 2-0, key 2-1, key 2-2, key 2-3, key 2-4, key 2-5',
    'count 3-0, count 3-1, count 3-2, count 3-3, count 3-4, count 3-5',
    'put 4-0, put 4-1, put 0-4, drop 0-3, add 4-4, add 4-5',
    'push 5-0, push 5-1, edit 1-0, edit 0-2, remove 1-3, remove 0-5',
  ],
  'of all kinds': [
    'push 1-0, push 1-1, key 1-2, count 1-3, put 1-4, add 1-5',
    'push 2-0, edit 1-0, remove 0-0, key 2-3, count 2-4, drop 1-4',
    // So much that what one response changes goes to the store, too.
    'push 3-0 3000, edit 0-7 3000, key 3-2 3000, put 3-3 3000, count 3-4, count 3-5',
    'push 4-0, edit 1-1, remove 3-0, count 4-3, put 3-3, add 4-5',
    'push 5-0, push 5-1, push 5-2, key 5-3, put 5-4, count 5-5',
  ],
} as const

/** What a change makes of what was there. */
function expectChange(expected: CollectionsReport, [how, id, bytes]: Change): void {
  const text = filler(id, bytes)
  switch (how) {
    case 'push':
      expected.list.push({ id, text })
      return
    case 'edit':
      for (const item of expected.list) if (item.id === id) item.text = text
      return
    case 'remove':
      expected.list = expected.list.filter((item) => item.id !== id)
      return
    case 'key':
      expected.keys[id] = text
      return
    case 'count':
      expected.counts.hits++
      return
    case 'put':
    case 'drop':
      expected.map = expected.map.filter(([key]) => key !== id)
      if (how === 'put') expected.map.push([id, text])
      return
    case 'add':
      expected.set.push(id)
      return
    default:
      throw new TypeError(`Nobody knows what ${how} does`)
  }
}

/** What answers at once put there has no order among itself. */
function inOrder({ list, map, set, ...rest }: CollectionsReport): CollectionsReport {
  const byKey = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : 1)
  return {
    ...rest,
    list: [...list].sort((a, b) => (a.id < b.id ? -1 : 1)),
    map: [...map].sort(byKey),
    set: [...set].sort(),
  }
}

async function reportOf(tab: Tab, route: string): Promise<CollectionsReport> {
  const { status, text } = await tab.call(route, 'GET')
  expect(status, text).toBe(200)
  return JSON.parse(text) as CollectionsReport
}

async function cookieBytes(tab: Tab): Promise<number> {
  const cookies = await tab.context.cookies()
  return cookies.reduce((sum, { name, value }) => sum + name.length + value.length, 0)
}

/** Sends the changes at once, to the routes in turn, and tells which nodes answered. */
async function burst(
  tab: Tab,
  routes: readonly string[],
  changes: readonly Change[],
): Promise<Set<string | null>> {
  expect(changes).toHaveLength(PARALLEL)
  const calls = changes.map(([how, id, bytes], i) => ({
    path: `${routes[i % routes.length]}/change/${how}?id=${id}&bytes=${bytes}&delay=${(i * 37) % 90}`,
  }))
  const answers = await tab.atOnce(calls)
  for (const { status, text } of answers) expect(status, text).toBe(200)
  return new Set(answers.map(({ node }) => node))
}

describe.each(Object.keys(ROUTES) as Loading[])('from a store that is read %s', (loading) => {
  const routes = ROUTES[loading]

  it.each(Object.entries(BURSTS))(
    'five bursts of six changes, %s, lose nothing',
    async (_, lines) => {
      const tab = await openQuiet()
      const before = await storeWrites()
      expect((await tab.call(`${routes[0]}/begin`)).status).toBe(200)
      expect(await storeWrites(), 'each lies in the store').toBe(before + COLLECTIONS)
      const expected = await reportOf(tab, routes[0])
      expect(JSON.stringify(expected).length).toBeGreaterThan(30_000)
      for (const changes of lines.map(changesOf)) {
        expect((await burst(tab, routes, changes)).size, 'several nodes').toBeGreaterThan(1)
        for (const change of changes) expectChange(expected, change)
        for (const route of Object.values(ROUTES).flat())
          expect(inOrder(await reportOf(tab, route))).toEqual(inOrder(expected))
        expect(await cookieBytes(tab)).toBeLessThan(MAX_HEADER_BYTES)
      }
      const order = (await reportOf(tab, routes[0])).list.map(({ id }) => Number(id.split('-')[0]))
      expect(order, 'bursts stay in their order').toEqual([...order].sort((a, b) => a - b))
      expect(tab.refusals).toEqual([])
      await tab.expectNoneTooBig()
    },
  )
})
