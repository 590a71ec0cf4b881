import { Player, START } from '../player.ts'
import type { JsonObject } from '../reader/json.ts'
import type { Vector } from '../vector.ts'
import {
  type Claims,
  id,
  type Jar,
  jarVectors,
  prefix,
  started,
  tombstone,
  written,
} from './jars.ts'

const b = (START - 600_000) / 1000
const lasting = { exp: 1_800_009_000 }
/** A base that does not expire soon, with limits of its own. */
const own = (limits: JsonObject, members: Claims = {}): Claims => ({
  ...started('A', 0, { a: 1, '~l': limits }, lasting),
  ...members,
})
/** When the hour ends in which all that is made by hand was sealed. */
const HOUR_END = 3600 - 34.567
const wide = { idleTimeout: 60, maxIdleTimeout: 7200, maxAbsoluteTimeout: 14_400 }

const jars: readonly Jar[] = [
  { name: 'it began before its start', after: 60, claims: [own({ b })] },
  { name: 'it cannot begin after its start', after: 60, claims: [own({ b: b + 1200 })] },
  { name: 'nearly over, since it began earlier', after: 2999.999, claims: [own({ b })] },
  { name: 'over, since it began earlier', after: 3000, claims: [own({ b })] },
  { name: 'an idle timeout of its own', after: 60, claims: [own({ i: 300 })] },
  {
    name: 'its own idle timeout is nearly over',
    after: HOUR_END + 299.999,
    claims: [own({ i: 300, x: 7200 })],
    timeouts: { maxAbsoluteTimeout: 7200 },
  },
  {
    name: 'its own idle timeout is over',
    after: HOUR_END + 300,
    claims: [own({ i: 300, x: 7200 })],
    timeouts: { maxAbsoluteTimeout: 7200 },
  },
  {
    name: 'a longer idle timeout of its own',
    after: HOUR_END + 1000,
    claims: [own({ i: 3000, x: 14_400 })],
    timeouts: wide,
  },
  {
    name: 'a longer idle timeout than the maximum',
    after: HOUR_END + 1000,
    claims: [own({ i: 3000, x: 14_400 })],
    timeouts: { ...wide, maxIdleTimeout: 1000 },
  },
  {
    name: 'the idle timeout was lowered',
    after: HOUR_END + 60,
    claims: [own({ x: 14_400 })],
    timeouts: wide,
  },
  {
    name: 'the idle timeout was lowered, not yet over',
    after: HOUR_END + 59.999,
    claims: [own({ x: 14_400 })],
    timeouts: wide,
  },
  { name: 'an absolute timeout of its own', after: 60, claims: [own({ x: 600 })] },
  { name: 'its own absolute timeout is over', after: 600, claims: [own({ x: 600 })] },
  {
    name: 'a longer absolute timeout of its own',
    after: 4000,
    claims: [own({ x: 7200 })],
    timeouts: { maxAbsoluteTimeout: 7200 },
  },
  {
    name: 'a longer absolute timeout than the maximum',
    after: 4000,
    claims: [own({ x: 7200 })],
    timeouts: { maxAbsoluteTimeout: 4000 },
  },
  {
    name: 'the configured one, though the maximum is longer',
    after: 3600,
    claims: [own({})],
    timeouts: { maxAbsoluteTimeout: 7200 },
  },
  {
    name: 'the idle timeout is no longer than the absolute one',
    after: 60,
    claims: [own({ i: 3000, x: 100 })],
    timeouts: { maxIdleTimeout: 3000 },
  },
  {
    name: 'limits that an entry changes',
    after: 60,
    claims: [own({ b }), written('A', 0, 10, ['=~0l/x', 900, '-~0l/b'], lasting)],
  },
  {
    name: 'limits of siblings',
    after: 60,
    claims: [own({ b }), started('B', 5, { b: 2, '~l': { b: b - 60, i: 600 } })],
  },
  {
    name: 'a session that began after another was over does not come in its place',
    about: 'The timeout of the better one was lowered: there is no session.',
    after: 700,
    claims: [own({ x: 600 }, { g: 1 }), started('B', 650, { b: 2 })],
  },
]

const behind: readonly Jar[] = [
  { name: 'a clock that is 50 minutes behind', after: -3000, claims: [started('A', 0)] },
  {
    name: 'a clock that is 50 minutes behind: a log',
    after: -3000,
    claims: [started('A', 0), written('A', 0, 2000, ['=a', 1], lasting)],
  },
  {
    name: 'a clock that is 50 minutes behind: one is over',
    about: 'The other one began when it was.',
    after: -900,
    claims: [{ ...started('A', 0), g: 1 }, started('B', 2100)],
  },
  {
    name: 'a clock that is 50 minutes behind: all is over',
    after: -900,
    claims: [started('A', 0), { ...tombstone('C', 0, 2110), exp: 1_800_004_000 }],
  },
  {
    name: 'no time after the hour of the key',
    about: 'The cookie tells of a later time than its key: it is too far ahead.',
    after: -3000,
    claims: [started('A', HOUR_END - 100), started('B', HOUR_END + 62, { name: 'B' })],
  },
  {
    name: 'a time after the hour of the key that is near enough',
    after: -3000,
    claims: [started('A', HOUR_END), started('B', HOUR_END + 60.999, { name: 'B' })],
  },
  {
    name: 'a log tells the time of its start',
    about: 'At that time the other session is over.',
    after: -3000,
    claims: [
      started('A', 0),
      { ...started('B', 1800, {}), d: undefined, h: undefined, k: 'l', s: id(0), t: [] } as never,
    ],
  },
  {
    name: 'an entry that is too far ahead',
    after: 0,
    claims: [
      started('A', 0, { name: 'A' }, lasting),
      written('A', 0, HOUR_END + 61, ['=far', true]),
      written('A', 0, HOUR_END + 60.9, ['=near', true]),
    ],
    timeouts: wide,
  },
  {
    name: 'an expired tombstone',
    after: -3000,
    claims: [
      started('A', 100, { name: 'A' }, { f: prefix('C') }),
      { ...tombstone('C', 0, 50), exp: 1_800_000_134 },
    ],
  },
]

const set =
  (key: string, value: unknown) =>
  ({ data }: { data: Record<string, unknown> }): void => {
    data[key] = value
  }

/** Timeouts of a session's own, those that were lowered, and clocks that are behind. */
export async function limits(): Promise<readonly Vector[]> {
  const found = [...(await jarVectors([...jars, ...behind]))]

  const timeouts = { maxIdleTimeout: 86_400, maxAbsoluteTimeout: 864_000 }
  const kept = new Player('kept for days', { timeouts })
  await kept.visit((session) => {
    session.login('user-1')
    session.keepFor({ idle: 86_400, absolute: 864_000 })
  })
  await kept.wait(40_000).visit(set('a', 1))
  await kept.wait(50_000).visit((session) => session.regenerate())
  found.push(await kept.vector('A session with timeouts of its own, under a new id.'))
  kept.timeouts = {}
  found.push({
    ...(await kept.vector('The same jar once the maxima are lower.')),
    name: 'kept for days no more',
  })

  const slow = new Player('a node that is 50 minutes behind')
  await slow.visit(set('a', 1))
  await slow.wait(-3000).visit(set('b', 2))
  found.push(await slow.vector('It wrote as if it were later.'))
  slow.wait(3000)
  found.push({
    ...(await slow.vector('What the other nodes see.')),
    name: 'after a node that is 50 minutes behind',
  })
  return found
}
