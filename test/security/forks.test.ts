import { describe, expect, test } from 'vitest'
import { createSessions, OverflowUnavailable, type SessionEvent } from '../../src/index.ts'
import { cryptoCalls } from '../support/crypto-calls.ts'
import { seeded } from '../support/random.ts'
import { errorOf, type Loose, ORIGIN, SECRET, START } from '../support/visitor.ts'
import { type Cookies, checks, cut, forks, headerOf, SHAPES, type Shape } from './forks.ts'

const initial = () => ({})
const MOST_OPENED = 64
const MOST_OPENED_BYTES = 32_768
/** Values and ops of all cookies of a request. */
const MOST_MERGED = 1000
const MOST_READS = 48
const MAX_SESSION_BYTES = 40_000
/** As far as parallel requests may make a session grow. */
const MOST_FETCHED = 1.5 * MAX_SESSION_BYTES
const kilobytes = (count: number) => count * 1024

/** A store that counts what is read, as JSON. */
function counting() {
  const values = new Map<string, string>()
  const read = { count: 0, bytes: 0 }
  return {
    read,
    get: async (key: string) => {
      const value = values.get(key)
      read.count++
      read.bytes += Math.floor(((value?.length ?? 0) * 3) / 4) - 200
      return value
    },
    put: async (key: string, value: string) => void values.set(key, value),
  }
}

const shuffled = (header: string, seed: number) => {
  const random = seeded(seed)
  return header
    .split('; ')
    .map((cookie) => [random.below(1e9), cookie] as const)
    .sort(([a], [b]) => a - b)
    .map(([, cookie]) => cookie)
    .join('; ')
}

/** Opens a header on a node that knows nothing, some minutes later. */
async function open(header: string, more: Partial<Parameters<typeof createSessions>[0]> = {}) {
  const events: SessionEvent[] = []
  const sessions = createSessions<Loose>({
    secrets: SECRET,
    initial,
    clock: () => START + 100_000,
    onEvent: (event) => events.push(event),
    ...more,
  } as Parameters<typeof createSessions<Loose>>[0])
  const session = await sessions.open(new Request(ORIGIN, { headers: { cookie: header } }))
  return { session, sessions, events }
}

const count = (events: readonly SessionEvent[], reason: string) =>
  events.reduce((n, e) => n + (e.type === 'rejected' && e.reason === reason ? e.count : 0), 0)

const shapes = Object.entries(SHAPES)
const victim = { options: { secrets: SECRET, initial }, now: START }

describe('valid cookies of 128 KB', () => {
  test.each(shapes)(
    '%s: what is read does not depend on their order, and what is not is told',
    async (_, shape) => {
      const header = cut(await forks(victim, shape, kilobytes(128), 60), kilobytes(128))
      const first = await open(header)
      const { data, subject, id } = first.session
      const all = header.split('; ').length
      for (const seed of [1, 2, 3]) {
        const other = await open(shuffled(header, seed))
        expect(other.session.data).toEqual(data)
        expect([other.session.subject, other.session.id]).toEqual([subject, id])
        expect(other.events.filter(({ type }) => type === 'rejected')).toEqual(
          first.events.filter(({ type }) => type === 'rejected'),
        )
      }
      const left = count(first.events, 'too-many')
      expect(all - left).toBeLessThanOrEqual(MOST_OPENED)
      if (header.length > 3 * MOST_OPENED_BYTES) expect(left).toBeGreaterThan(0)
    },
  )

  test('are decrypted up to 32,768 bytes and 64 cookies', async () => {
    for (const name of ['small writes', 'an object with many keys', 'new ids']) {
      const shape = SHAPES[name] as Shape
      const header = cut(await forks(victim, shape, kilobytes(128), 120), kilobytes(128))
      const sizes = header.split('; ').map((cookie) => cookie.length - 1)
      const { decrypt = 0 } = await cryptoCalls(() => open(header, { absoluteTimeout: 43_111 }))
      expect(decrypt).toBeGreaterThan(0)
      expect(decrypt).toBeLessThanOrEqual(MOST_OPENED)
      const smallest = sizes.toSorted((a, b) => a - b).slice(0, decrypt)
      expect(smallest.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_OPENED_BYTES)
    }
  })

  test.each(
    Object.entries({
      'many keys at the top': 150,
      'many keys of one object': 150,
      'a map with many changes': 90,
      'a set with many members': 100,
    }),
  )('are merged up to 1,000 values and ops, however short they are: %s', async (name, each) => {
    const shape = SHAPES[name] as Shape
    // So few bytes that all of them are opened.
    const header = cut(await forks(victim, shape, kilobytes(40), 60), MOST_OPENED_BYTES)
    expect(header.split('; ').length).toBeLessThanOrEqual(MOST_OPENED)
    const { session, events } = await open(header)
    const { form, map, set } = session.data
    const shown = [session.data, form ?? {}].map((some) => Object.keys(some).length)
    for (const some of [map, set])
      if (some instanceof Map || some instanceof Set) shown.push(some.size)
    // Each is a value, with an op that puts it there.
    const merged = 2 * shown.reduce((sum, count) => sum + count)
    expect(merged).toBeLessThanOrEqual(MOST_MERGED)
    // No cookie is left out that there is room for.
    expect(merged).toBeGreaterThan(MOST_MERGED - 2 * each)
    expect(count(events, 'too-many')).toBeGreaterThan(0)
  })

  test('a write deletes none of those that were not read, and each comes to count as the others are folded', async () => {
    const writes = await forks(victim, SHAPES['small writes'] as Shape, kilobytes(40), 90)
    const cookies = new Map<string, string>(writes)
    const keys = new Set<string>()
    for (let i = 0; i < 12; i++) {
      const before = new Set(cookies.keys())
      const { session, sessions, events } = await open(headerOf(cookies), {
        clock: () => START + 300_000 + i * 6000,
      })
      for (const key of Object.keys(session.data)) keys.add(key)
      const left = count(events, 'too-many')
      session.data['last'] = i
      const lines = (await sessions.commit(session, new Response())).headers.getSetCookie()
      const gone = lines.filter((line) => line.includes('Max-Age=0')).length
      expect(gone).toBeLessThanOrEqual(before.size - left)
      for (const line of lines) {
        const [pair = '', age] = line.split('; ')
        const [name = '', value = ''] = pair.split(/=(.*)/s)
        if (age === 'Max-Age=0') cookies.delete(name)
        else cookies.set(name, value)
      }
    }
    const { session, events } = await open(headerOf(cookies), { clock: () => START + 380_000 })
    expect(count(events, 'too-many')).toBe(0)
    expect(Object.keys(session.data)).toEqual(expect.arrayContaining([...keys]))
    expect(Object.keys(session.data).length).toBeGreaterThanOrEqual(writes.size)
  })
})

describe('claim checks of parallel requests', () => {
  const made = async (bytes: number, most: number, maxSessionBytes = MAX_SESSION_BYTES) => {
    const store = counting()
    const options = { secrets: SECRET, initial, overflow: store, maxSessionBytes }
    const jar: Cookies = await forks({ options, now: START }, checks(bytes), kilobytes(128), most)
    Object.assign(store.read, { count: 0, bytes: 0 })
    return { header: headerOf(jar), store, options }
  }

  test.each([
    [3000, 60],
    [5000, 60],
    [9000, 30],
    [39_000, 30],
  ])(
    'of %d bytes each lead to no more reads than a session may have bytes',
    async (bytes, most) => {
      const { header, store, options } = await made(bytes, most)
      const { session } = await open(header, options)
      expect(Object.keys(session.data).length).toBeGreaterThan(5)
      expect(store.read.bytes).toBeLessThanOrEqual(MOST_FETCHED)
      expect(store.read.count).toBeLessThanOrEqual(MOST_READS)
    },
  )

  test('of which there are more than 48 are not fetched, and up to 48 are', async () => {
    for (const [most, reads] of [
      [40, 40],
      [48, 48],
      [49, 0],
      [60, 0],
    ] as const) {
      const { header, store, options } = await made(3000, most, 262_144)
      const { session } = await open(header, options)
      expect(store.read.count).toBe(reads)
      const look = () => session.data['draft0']
      if (reads > 0) expect(look()).toBe('x'.repeat(3000))
      else expect(await errorOf(look)).toMatchObject({ key: 'draft0', failure: 'too-large' })
    }
  })

  test('that are too much are not fetched at all; the rest shows, and one that is made smaller comes back', async () => {
    const { header, store, options } = await made(39_000, 6)
    const { session, sessions } = await open(header, options)
    expect(store.read.count).toBe(0)
    expect(session.data['first']).toBe(1)
    const error = await errorOf(() => session.data['draft0'])
    expect(error).toBeInstanceOf(OverflowUnavailable)
    expect(error).toMatchObject({ key: 'draft0', failure: 'too-large' })
    for (let i = 1; i < 6; i++) delete session.data[`draft${i}`]
    const lines = (await sessions.commit(session, new Response())).headers.getSetCookie()
    const put = lines
      .filter((line) => !line.includes('Max-Age=0'))
      .map((line) => line.split(';')[0])
    const gone = new Set(
      lines.filter((line) => line.includes('Max-Age=0')).map((line) => line.split('=')[0]),
    )
    const left = header.split('; ').filter((pair) => !gone.has(pair.split('=')[0] ?? ''))
    const again = await open([...left, ...put].join('; '), options)
    expect(again.session.data['draft0']).toBe('x'.repeat(39_000))
  })

  test('lead to no read at all with lazy loading, and load() fetches what it is asked for, within the limit', async () => {
    const { header, store, options } = await made(20_000, 12)
    const { session } = await open(header, { ...options, overflowLoad: 'lazy' })
    expect(store.read.count).toBe(0)
    await session.load('draft1')
    expect(session.data['draft1']).toBe('x'.repeat(20_000))
    expect(store.read.count).toBe(1)
    const errors: unknown[] = []
    for (let i = 2; i < 12; i++)
      await session.load(`draft${i}`).catch((error: unknown) => errors.push(error))
    expect(errors.length).toBeGreaterThan(5)
    for (const error of errors) expect(error).toMatchObject({ failure: 'too-large' })
    expect(store.read.bytes).toBeLessThanOrEqual(MOST_FETCHED)
  })
})
