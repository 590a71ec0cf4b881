/** Views that are larger than any jar: the work stays bounded. It is counted in steps, not in time. */
import { describe, expect, test } from 'vitest'
import { MAX_FRAGMENTS } from '../../../src/http/cookies.ts'
import { type Fragment, logOf } from '../../../src/log/format/fragment.ts'
import { chooseSession } from '../../../src/log/reading/choose.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import { canonical } from '../../support/arbitraries.ts'
import type { Content } from '../../support/fragments.ts'
import { baseOf, fragment, identity, idOf } from '../reading/histories.ts'
import { base, delta, NOW, set, write } from '../reading/hostile-views.ts'
import { answered } from './lives.ts'

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
      delta(n + 1, n > 0 ? { parents: [idOf(n)] } : {}, [set(`p${n % 9}`)]),
    )
  const sessions = (count: number, more: Content) =>
    Array.from({ length: count }, (_, n) =>
      fragment(`s${n}`.padEnd(8, '_'), {
        identity: {
          ...identity,
          sid: `${n}`.padStart(22, 'A'),
          start: identity.start + n,
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
      delta(1, { parents: [idOf(size)] }),
    ],
    'logs that all are parallel': (size) => [
      base,
      ...chain(size).map((each, n) => delta(n + 1, {}, logOf(each)?.entries[0]?.ops.slice())),
    ],
    'logs that all name all others': (size) => {
      const after = Array.from({ length: size }, (_, n) => idOf(n + 1))
      return [base, ...after.map((_, n) => delta(n + 1, { parents: after.slice(0, n) }))]
    },
    'bases of one session': (size) => [
      base,
      ...Array.from({ length: size }, (_, n) =>
        fragment(`b${n}`.padEnd(8, '_'), { base: baseOf({ n }, idOf(n % 5), n % 3) }),
      ),
    ],
    'sessions that all live': (size) => sessions(size, {}),
    'sessions that all have expired, each before the next began': (size) =>
      sessions(size, {}).map((each) => ({ ...each, expires: each.identity.start })),
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
    const { chosen, dropped } = chooseSession([...sessions(1000, {}), ...graves])
    expect(chosen).toBeUndefined()
    expect(dropped).toHaveLength(1000)
  })
})
