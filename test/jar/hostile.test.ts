/** Views that no honest node makes: the work stays bounded, and the rest of the view is used. */
import { describe, expect, test } from 'vitest'
import { decodeClaims, encodeClaims } from '../../src/codec/claims.ts'
import type { Fragment, Log, Op } from '../../src/codec/fragment.ts'
import { timeCode } from '../../src/codec/id-chain.ts'
import { MAX_FRAGMENTS } from '../../src/jar/cookies.ts'
import { digestOf, timeOf } from '../../src/jar/ids.ts'
import { merge } from '../../src/jar/merge.ts'
import { planWrite } from '../../src/jar/plan.ts'
import { selectSession } from '../../src/jar/select.ts'
import type { Write } from '../../src/jar/write.ts'
import { canonical } from '../codec/arbitraries.ts'
import { seeded } from '../support/random.ts'
import { baseOf, fragment, head, idOf, START } from './histories.ts'
import { answered, bytesOf } from './lives.ts'

const NOW = START + 60_000
const base = fragment('base0000', { base: baseOf({ base: true }) })
const set = (path: string): Op => ({ kind: 'set', path, value: 1 })

/** A cookie with the log of one entry, which sets a path of its own. */
function delta(n: number, more: Partial<Log> = {}, ops = [set(`p${n}`)], id = idOf(n)): Fragment {
  const entries = [{ id, ops }]
  return fragment(id, {
    log: { since: idOf(0), after: [], tips: [id], retired: [], entries, ...more },
  })
}

const honest = delta(1)
const rest = { base: true, p1: 1 }

function write(ops: readonly Op[]): Write {
  const expires = Math.floor(NOW / 1000 + 1800) * 1000
  const random = bytesOf(seeded(1))
  return { ops, now: NOW, opened: NOW, expires, renew: false, most: 4000, random }
}

/** Plans a write onto these fragments, and gives what the jar shows then. */
function written(fragments: readonly Fragment[]) {
  const { current } = merge(fragments, NOW)
  if (!current) return expect.fail('there is no session')
  const plan = planWrite(current, write([set('written')]))
  return merge(answered(fragments, plan), NOW).current?.state
}

describe('logs that cannot apply leave the rest of the view as it is', () => {
  test.each<readonly [what: string, logs: readonly Fragment[]]>([
    ['a log that is its own parent', [delta(2, { after: [idOf(2)] })]],
    [
      'two logs that are parents of each other',
      [delta(2, { after: [idOf(3)] }), delta(3, { after: [idOf(2)] })],
    ],
    [
      'a circle of many',
      Array.from({ length: 20 }, (_, n) => delta(n + 2, { after: [idOf(((n + 1) % 20) + 2)] })),
    ],
    [
      'a child of a circle',
      [
        delta(2, { after: [idOf(3)] }),
        delta(3, { after: [idOf(2)] }),
        delta(4, { after: [idOf(3)] }),
      ],
    ],
    ['a log whose parent nobody has', [delta(2, { after: [idOf(9)] })]],
    [
      'a log with a thousand parents, one of which is missing',
      [delta(2, { after: Array.from({ length: 1000 }, (_, n) => idOf(n === 500 ? 5 : 1)) })],
    ],
    ['a log onto a base from the far future', [delta(2, { since: 'zzzzzzzzzzzzz' })]],
  ])('%s', (_what, logs) => {
    for (const view of [
      [base, honest, ...logs],
      [...logs, honest, base],
    ]) {
      const { current, dropped } = merge(view, NOW)
      expect(current?.state).toEqual(rest)
      expect(dropped.map((each) => each.fragment)).toEqual(
        view.filter((each) => logs.includes(each)),
      )
      expect(dropped.every(({ reason }) => reason === 'orphaned')).toBe(true)
      expect(written(view)).toEqual({ ...rest, written: 1 })
    }
  })

  test('and a parent that a log only says to have retired is a parent that is there', () => {
    const liar = delta(2, { retired: [digestOf(idOf(9))] })
    const child = delta(10, { after: [idOf(9)] })
    expect(merge([base, liar, child], NOW).current?.state).toEqual({ base: true, p2: 1, p10: 1 })
  })
})

describe('ids in the far future', () => {
  const year = 31_536_000_000
  for (const [what, ms] of [
    ['an hour', 3_600_000],
    ['a year', year],
    ['thirty years', 30 * year],
  ] as const) {
    test(`of ${what}: the entry counts, and so does what is written after it`, () => {
      const id = `${timeCode(START + ms)}aaaaa`
      const view = [base, honest, delta(2, {}, [set('future')], id)]
      expect(merge(view, NOW).current?.state).toEqual({ ...rest, future: 1 })
      expect(written(view)).toEqual({ ...rest, future: 1, written: 1 })
      const { current } = merge(view, NOW)
      const plan = current && planWrite(current, write([{ kind: 'delete', path: 'future' }]))
      expect(merge(answered(view, plan ?? expect.fail()), NOW).current?.state).toEqual(rest)
    })

    test(`of ${what}: a base settles what comes before it, and what is written after it counts`, () => {
      const horizon = `${timeCode(START + ms)}aaaaa`
      const view = [fragment('future00', { base: baseOf({ f: 1 }, horizon) }), base, honest]
      expect(merge(view, NOW).current?.state).toEqual({ f: 1 })
      expect(written(view)).toEqual({ f: 1, written: 1 })
    })
  }

  test('of a digest: it stands for an entry of the last minutes, and nothing throws', () => {
    const view = [
      base,
      delta(2, { retired: ['_____', '-----', '00000', digestOf('zzzzzzzzzzzzz')] }),
    ]
    expect(merge(view, NOW).current?.state).toEqual({ base: true, p2: 1 })
    expect(written(view)).toEqual({ base: true, p2: 1, written: 1 })
  })
})

/** How often members of `fragments`, or of what is in them, are read while `work` is done. */
function reads(
  fragments: readonly Fragment[],
  work: (watched: readonly Fragment[]) => void,
): number {
  let count = 0
  const watch = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, key, receiver) {
        count++
        const value: unknown = Reflect.get(from, key, receiver)
        if (typeof value !== 'object' || value === null) return value
        const watched = watchedOf.get(value) ?? watch(value)
        watchedOf.set(value, watched)
        return watched
      },
    })
  const watchedOf = new Map<object, object>()
  work(fragments.map(watch))
  return count
}

describe('the work for a view grows at most with the square of its size:', () => {
  const chain = (length: number) =>
    Array.from({ length }, (_, n) =>
      delta(n + 1, n > 0 ? { after: [idOf(n)] } : {}, [set(`p${n % 9}`)]),
    )
  const sessions = (count: number, more: Partial<Fragment>) =>
    Array.from({ length: count }, (_, n) =>
      fragment(`s${n}`.padEnd(8, '_'), {
        head: {
          ...head,
          sid: `${n}`.padStart(22, 'A'),
          start: head.start + n,
          from: [`${n}`.padStart(8, 'B')],
        },
        base: baseOf({ n }),
        ...more,
      }),
    )
  const shapes: Readonly<Record<string, (size: number) => readonly Fragment[]>> = {
    'a chain of logs, the oldest first': (size) => [base, ...chain(size)],
    'a chain of logs, the newest first': (size) => [base, ...chain(size).reverse()],
    'a circle of logs': (size) => [
      base,
      ...chain(size).slice(1),
      delta(1, { after: [idOf(size)] }),
    ],
    'logs that all are parallel': (size) => [
      base,
      ...chain(size).map((each, n) => delta(n + 1, {}, each.log?.entries[0]?.ops.slice())),
    ],
    'logs that all name all others': (size) => {
      const after = Array.from({ length: size }, (_, n) => idOf(n + 1))
      return [base, ...after.map((_, n) => delta(n + 1, { after: after.slice(0, n) }))]
    },
    'bases of one session': (size) => [
      base,
      ...Array.from({ length: size }, (_, n) =>
        fragment(`b${n}`.padEnd(8, '_'), { base: baseOf({ n }, idOf(n % 5), n % 3) }),
      ),
    ],
    'sessions that all live': (size) => sessions(size, {}),
    'sessions that all have expired, each before the next began': (size) =>
      sessions(size, {}).map((each) => ({ ...each, expires: each.head.start })),
    'tombstones and sessions': (size) => [
      ...sessions(size / 2, {}),
      ...sessions(size / 2, { base: undefined, tombstone: true }),
    ],
  }

  test.each(Object.entries(shapes))('%s', (_what, shape) => {
    const work = (view: readonly Fragment[]) => merge(view, NOW)
    const [small, large] = [200, 800].map((size) => reads(shape(size), work))
    if (small === undefined || large === undefined) return expect.fail()
    // Four times as many fragments: at most sixteen times the work, and a little for what is constant.
    expect(large / small).toBeLessThan(17)
    // As many as one request opens at the most.
    expect(reads(shape(MAX_FRAGMENTS), work)).toBeLessThan(150 * MAX_FRAGMENTS ** 2)
  })

  test('a thousand fragments are merged, in any order, and a response shrinks them to a few', () => {
    const logs = chain(1000)
    const expected = {
      base: true,
      ...Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`p${n}`, 1])),
    }
    for (const view of [
      [base, ...logs],
      [...logs.toReversed(), base],
    ]) {
      expect(canonical(merge(view, NOW).current?.state)).toBe(canonical(expected))
      const { current } = merge(view, NOW)
      const plan = planWrite(current ?? expect.fail(), write([set('written')]))
      const jar = answered(view, plan)
      expect(jar.length).toBeLessThanOrEqual(3)
      expect(canonical(merge(jar, NOW).current?.state)).toBe(canonical({ ...expected, written: 1 }))
    }
  })

  test('a thousand tombstones end a thousand sessions', () => {
    const graves = sessions(1000, { base: undefined, tombstone: true })
    const { chosen, dropped } = selectSession([...sessions(1000, {}), ...graves])
    expect(chosen).toBeUndefined()
    expect(dropped).toHaveLength(1000)
  })
})

describe('as deep as a cookie can hold', () => {
  const DEPTH = 2900
  test.each<readonly [what: string, op: Op]>([
    ['a path', set('/'.repeat(DEPTH))],
    ['a path of keys', { kind: 'increment', path: 'a/'.repeat(DEPTH / 2), by: 1 }],
    ['a delete', { kind: 'delete', path: '/'.repeat(DEPTH) }],
    [
      'a value',
      { kind: 'set', path: 'v', value: JSON.parse('{"":'.repeat(600) + 1 + '}'.repeat(600)) },
    ],
    [
      'a list',
      { kind: 'append', path: 'l', items: [JSON.parse('['.repeat(1400) + ']'.repeat(1400))] },
    ],
  ])('%s does no harm', (_what, op) => {
    const read = decodeClaims(encodeClaims(delta(2, {}, [op])))
    expect(read).toBeDefined()
    const twice = delta(3, {}, [op, { kind: 'delete', path: op.path }, op])
    const view = [base, honest, ...(read ? [read] : []), twice]
    expect(merge(view, NOW).current?.state).toMatchObject(rest)
    expect(written(view)).toMatchObject({ ...rest, written: 1 })
  })
})

test('claims that are malformed are no fragments, and what is left of the view counts', () => {
  const good = [base, honest, delta(2)].map(encodeClaims)
  const texts = [
    ...good,
    '',
    '{}',
    'null',
    good[0]?.slice(1) ?? '',
    (good[2] ?? '').replace('"=p2"', '"?p2"'),
  ]
  const view = texts.flatMap((text) => decodeClaims(text) ?? [])
  expect(view).toHaveLength(3)
  expect(merge(view, NOW).current?.state).toEqual({ ...rest, p2: 1 })
  expect(timeOf(merge(view, NOW).current?.newest ?? '')).toBe(timeOf(idOf(2)))
})
