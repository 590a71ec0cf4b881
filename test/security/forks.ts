/**
 * Cookie headers of valid cookies that a client got: it sends requests with one and the same jar, keeps what each
 * answer sets, and sends all of that together. No browser does so; whoever owns a jar can.
 */
import { createSessions, type Session, type SessionOptions } from '../../src/index.ts'
import { BrowserJar } from '../../src/testing/browser-jar.ts'
import { type Loose, ORIGIN } from '../support/visitor.ts'

/** The cookies of a client, by their names. */
export type Cookies = ReadonlyMap<string, string>

/** What a request does to the session. `i` is the number of the fork, from 0. */
export type Change = (session: Session<Loose>, i: number) => void

/** One kind of fork. */
export interface Shape {
  /** What stands in the session before. */
  readonly root?: (data: Loose) => void
  readonly change: Change
  /** Whether each request has no cookies, and not those of the root. */
  readonly blind?: boolean
  /** Whether each request has the cookies of those before it. */
  readonly chained?: boolean
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-'

/** A key of two or three letters. */
export function shortKey(n: number): string {
  const more = n >= 4096 ? LETTERS.charAt(n >> 12) : ''
  return more + LETTERS.charAt((n >> 6) & 63) + LETTERS.charAt(n & 63)
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** An object with `count` keys that no other fork has. */
function keys(i: number, count: number): Record<string, number> {
  return Object.fromEntries(times(count, (k) => [shortKey(i * count + k), 1]))
}

function nested(key: string, depth: number): Loose {
  let tree: Loose = {}
  for (let k = 0; k < depth; k++) tree = { [key]: tree }
  return tree
}

const list = (data: Loose): { n: number; s: string }[] => {
  const known = data['list']
  if (!Array.isArray(known)) throw new Error('no list')
  return known
}

/** Forks by what they do. Each is what an app allows that stores a form, a list or counters. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  'small writes': { change: ({ data }, i) => Object.assign(data, { [shortKey(i)]: i }) },
  'an object with many keys': {
    change: ({ data }, i) => Object.assign(data, { form: keys(i, 330) }),
  },
  'many keys of one object': {
    root: (data) => Object.assign(data, { form: {} }),
    change: ({ data }, i) => Object.assign(Object(data['form']), keys(i, 150)),
  },
  'many keys at the top': { change: ({ data }, i) => Object.assign(data, keys(i, 150)) },
  'deep trees': {
    change: ({ data }, i) => Object.assign(data, { deep: nested(`k${shortKey(i)}`, 95) }),
  },
  'many deep trees': {
    change: ({ data }, i) =>
      Object.assign(data, {
        deep: Object.fromEntries(times(3, (k) => [shortKey(3 * i + k), nested('k', 90)])),
      }),
  },
  'lists of empty lists': {
    change: ({ data }, i) => Object.assign(data, { [`e${i}`]: times(850, () => []) }),
  },
  counters: {
    change: (session, i) => {
      for (const key of Object.keys(keys(i % 8, 90))) session.increment(`count.${key}`)
    },
  },
  'a map with many changes': {
    root: (data) => Object.assign(data, { map: new Map() }),
    change: ({ data }, i) => {
      const { map } = data
      if (map instanceof Map) for (let k = 0; k < 90; k++) map.set(shortKey(i * 90 + k), k)
    },
  },
  'a map whose values change': {
    root: (data) => Object.assign(data, { map: new Map(times(60, (k) => [k, { a: k }])) }),
    change: ({ data }, i) => {
      const { map } = data
      if (map instanceof Map) for (const value of map.values()) value[shortKey(i)] = 1
    },
  },
  'a set with many members': {
    root: (data) => Object.assign(data, { set: new Set() }),
    change: ({ data }, i) => {
      const { set } = data
      if (set instanceof Set) for (let k = 0; k < 100; k++) set.add(i * 100 + k)
    },
  },
  'a list with many edits': {
    root: (data) => Object.assign(data, { list: times(60, (n) => ({ n, s: '' })) }),
    change: ({ data }, i) => {
      for (const item of list(data)) item.s = String(i)
    },
  },
  'a list of equal elements, edited': {
    root: (data) => Object.assign(data, { list: times(60, () => ({ n: 1, s: '' })) }),
    change: ({ data }, i) => {
      for (const [k, item] of list(data).entries()) if (k % 2 === i % 2) item.s = String(i)
    },
  },
  'a list in other orders': {
    root: (data) => Object.assign(data, { list: times(60, (n) => ({ n, s: '' })) }),
    change: ({ data }, i) => {
      list(data).sort((a, b) => ((a.n * (2 * i + 1)) % 61) - ((b.n * (2 * i + 1)) % 61))
    },
  },
  'a list, taken out and put in': {
    root: (data) => Object.assign(data, { list: times(60, (n) => ({ n, s: '' })) }),
    change: ({ data }, i) => {
      const kept = list(data).filter(({ n }) => (n + i) % 2 === 0)
      data['list'] = kept.flatMap((item, k) => [item, { n: 1000 * i + k, s: '' }])
    },
  },
  'long lists that grow': {
    root: (data) => Object.assign(data, { list: [] }),
    change: ({ data }, i) => list(data).push(...times(60, (n) => ({ n: 100 * i + n, s: 'x' }))),
  },
  'keys of once': {
    change: (session, i) => {
      for (const key of Object.keys(keys(i, 60))) session.once(key)
    },
  },
  messages: {
    change: (session, i) => {
      for (let k = 0; k < 8; k++) session.flash(shortKey(8 * i + k), k)
    },
  },
  'first visits': { blind: true, change: ({ data }, i) => Object.assign(data, keys(i, 60)) },
  logins: {
    change: (session, i) => {
      session.login(`user-${i}`)
      session.data['x'] = keys(i, 40)
    },
  },
  'new ids': {
    change: (session, i) => {
      session.regenerate()
      session.data['x'] = keys(i, 40)
    },
  },
  'one after the other': {
    chained: true,
    change: ({ data }, i) => Object.assign(data, { x: i }, keys(0, 40)),
  },
}

/** Forks that put a value into the store each, of so many bytes. */
export function checks(bytes: number): Shape {
  return {
    change: ({ data }, i) => Object.assign(data, { [`draft${i}`]: 'x'.repeat(bytes) }),
  }
}

/** What the client's requests go to. */
export interface Victim {
  readonly options: SessionOptions<Loose>
  /** When the attack begins, in ms since 1970. */
  readonly now: number
}

/**
 * The cookies of a jar and of forks of it, until their Cookie header has `bytes` bytes.
 *
 * @param most - how many forks at the most
 */
export async function forks(
  { options, now }: Victim,
  { root, change, blind = false, chained = false }: Shape,
  bytes: number,
  most = 400,
): Promise<Cookies> {
  const all = new Map<string, string>()
  let at = now
  const jar = new BrowserJar({ clock: () => at })
  const visit = async (
    from: BrowserJar,
    into: BrowserJar,
    edit: (s: Session<Loose>) => void,
    i: number,
  ) => {
    // Nodes that know nothing of what the others have just written: each has keys of its own.
    const absoluteTimeout = 43_200 + i
    const sessions = createSessions<Loose>({ ...options, clock: () => at, absoluteTimeout })
    const cookie = from.header(ORIGIN)
    const headers = cookie === undefined ? {} : { cookie }
    const session = await sessions.open(new Request(ORIGIN, { headers }))
    edit(session)
    const { headers: answer } = await sessions.commit(session, new Response())
    into.store(answer.getSetCookie(), ORIGIN)
    for (const { name, value } of into.cookies(ORIGIN)) all.set(name, value)
  }
  if (!blind)
    await visit(jar, jar, ({ data }) => (root ?? ((some) => (some['first'] = 1)))(data), 0)
  for (let i = 0; i < most && headerOf(all).length < bytes; i++) {
    at += 3
    const from = blind ? new BrowserJar() : jar
    await visit(from, chained ? jar : from.clone(), (session) => change(session, i), i + 1)
  }
  return all
}

/** The Cookie header of all of these. */
export function headerOf(cookies: Cookies): string {
  return Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ')
}

/** A Cookie header of at most `bytes` bytes, of some of these cookies. */
export function cut(cookies: Cookies, bytes: number): string {
  let length = 0
  const some = Array.from(cookies).filter(([name, value]) => {
    const more = name.length + value.length + 3
    if (length + more > bytes) return false
    length += more
    return true
  })
  return headerOf(new Map(some))
}
