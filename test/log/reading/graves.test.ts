/** What tombstones tell, and which sessions they end. */
import { describe, expect, test } from 'vitest'
import { LATE_SECONDS } from '../../../src/log/format/clocks.ts'
import type { Ended, SessionIdentity, Tombstone } from '../../../src/log/format/fragment.ts'
import { timeOf } from '../../../src/log/format/ids.ts'
import {
  endedBy,
  ends,
  graveOf,
  laterOf,
  lineageOf,
  othersOf,
  userEndOf,
} from '../../../src/log/reading/graves.ts'
import { idOf, START } from './histories.ts'

const short = (name: string): string => name.padEnd(8, '_')

/** A session by the first letters of its sid. */
function session(name: string, more: Partial<SessionIdentity> = {}): SessionIdentity {
  const sid = `${short(name)}${'x'.repeat(14)}`
  return { sid, start: START, generation: 1, from: [], subject: undefined, ...more }
}

const user = (name: string, more: Partial<SessionIdentity> = {}): SessionIdentity =>
  session(name, { subject: 'ada', ...more })

/** The end of a session, at the second `n`. */
function grave(n: number, identity: SessionIdentity, others?: readonly Ended[]): Tombstone {
  const common = { kind: 'tombstone', id: idOf(n), identity, expires: START + 3_600_000 } as const
  return others ? { ...common, others } : common
}

const ended = (name: string, hadSubject: boolean, minutes = 0): Ended => ({
  ...{ sid: short(name), hadSubject, minutes },
})

/** Whether this tombstone ends a session, alone or among others. */
const endsIt = (one: Tombstone, other: SessionIdentity, all: readonly Tombstone[] = [one]) =>
  ends(graveOf(one, all), other)

describe('a tombstone ends', () => {
  const seen = idOf(99)

  test('a session that had not seen it, or had seen an earlier one only', () => {
    const one = grave(5, session('a'))
    expect(endsIt(one, session('z'))).toBe(true)
    expect(endsIt(one, session('z', { seen: idOf(4) }))).toBe(true)
    expect(endsIt(one, session('z', { seen: idOf(5) }))).toBe(false)
    expect(endsIt(one, session('z', { seen: idOf(6) }))).toBe(false)
  })

  test('its own, and what grew out of that, whatever they have seen', () => {
    const one = grave(5, session('a'))
    expect(endsIt(one, session('a', { seen }))).toBe(true)
    expect(endsIt(one, session('z', { seen, from: [short('a')] }))).toBe(true)
    expect(endsIt(one, session('z', { seen, from: [short('b')] }))).toBe(false)
    const grown = grave(5, session('a', { from: [short('root')] }))
    expect(endsIt(grown, session('z', { seen, from: [short('root')] }))).toBe(true)
  })

  test('no login out of an anonymous session, and each out of a user’s', () => {
    const login = user('z', { seen, from: [short('a')] })
    expect(endsIt(grave(5, session('a')), login)).toBe(false)
    expect(endsIt(grave(5, user('a')), login)).toBe(true)
    expect(endsIt(grave(5, session('b'), [ended('a', true)]), login)).toBe(true)
    expect(endsIt(grave(5, session('b'), [ended('a', false)]), login)).toBe(false)
    // By its own name it ends in any case.
    expect(endsIt(grave(5, session('b'), [ended('z', false)]), login)).toBe(true)
  })

  test('a login that had not seen the end of a user’s session, and not for that of an anonymous one', () => {
    expect(endsIt(grave(5, session('a')), user('z'))).toBe(false)
    expect(endsIt(grave(5, user('a')), user('z'))).toBe(true)
    expect(endsIt(grave(5, user('a')), user('z', { seen: idOf(5) }))).toBe(false)
    // One that it tells of was earlier; the tombstone has seen that.
    const later = grave(5, session('a', { seen: idOf(3) }), [ended('b', true, 1)])
    expect(endsIt(later, user('z'))).toBe(true)
    expect(endsIt(later, user('z', { seen: idOf(2) }))).toBe(true)
    expect(endsIt(later, user('z', { seen: idOf(3) }))).toBe(false)
  })

  test('nothing more, where it is a logout that was sent twice', () => {
    const [first, second] = [grave(3, user('a')), grave(7, user('a'))]
    const between = session('z', { seen: idOf(3) })
    expect(endsIt(second, between, [first, second])).toBe(false)
    expect(endsIt(second, user('z', { seen: idOf(3) }), [first, second])).toBe(false)
    expect(endsIt(second, between)).toBe(true)
    expect(graveOf(first, [first, second]).id).toBe(first.id)
    expect(graveOf(second, [second, first]).id).toBe(first.id)
    // What another tombstone says of another session does not make it earlier.
    expect(graveOf(second, [grave(3, user('b')), second]).id).toBe(second.id)
  })
})

test('the last end of a user’s session is its own, or the one that it has seen', () => {
  expect(userEndOf(grave(5, user('a', { seen: idOf(2) })))).toBe(idOf(5))
  expect(userEndOf(grave(5, session('a', { seen: idOf(2) }), [ended('b', true)]))).toBe(idOf(5))
  expect(userEndOf(grave(5, session('a', { seen: idOf(2) }), [ended('b', true, 1)]))).toBe(idOf(2))
  expect(userEndOf(grave(5, session('a'), [ended('b', false)]))).toBe(undefined)
})

test('a session stands for itself and for all that it grew out of', () => {
  const one = user('a', { from: [short('b'), short('c')] })
  expect(lineageOf(one)).toEqual([short('a'), short('b'), short('c')])
  const others = [ended('d', false, 1)]
  expect(endedBy(grave(1, one, others))).toEqual([
    ...['a', 'b', 'c'].map((name) => ended(name, true)),
    ...others,
  ])
})

test('of two ids the later one counts, or the one that there is', () => {
  expect(laterOf('a', 'b')).toBe('b')
  expect(laterOf('b', 'a')).toBe('b')
  expect(laterOf('a', undefined)).toBe('a')
  expect(laterOf(undefined, 'a')).toBe('a')
  expect(laterOf(undefined, undefined)).toBe(undefined)
})

describe('beside its own session a tombstone tells of', () => {
  const at = timeOf(idOf(1000))
  const own = user('own', { from: [short('root')] })

  test('all sessions that end with it, and what they grew out of, but not of its own again', () => {
    const sessions = [
      { identity: session('a', { from: [short('b'), short('root')] }), minutes: 0 },
      { identity: user('c'), minutes: 0 },
      // It had been over: whoever logged in out of it since lives.
      { identity: user('d'), minutes: 1 },
      { identity: own, minutes: 0 },
    ]
    expect(othersOf(at, own, sessions, [])).toEqual([
      ended('a', false),
      ended('b', false),
      ended('c', true),
      ended('d', false, 1),
    ])
  })

  test('a session once, unless it turns out that somebody was logged in', () => {
    const sessions = [
      { identity: session('a'), minutes: 0 },
      { identity: session('a'), minutes: 0 },
      { identity: user('a'), minutes: 0 },
      { identity: session('a'), minutes: 0 },
    ]
    expect(othersOf(at, own, sessions, [])).toEqual([ended('a', false), ended('a', true)])
  })

  test('what earlier ones ended in the last minutes, the latest first, and how long ago', () => {
    const graves = [
      grave(1000 - 60, session('a')),
      grave(1000 - 10, user('b'), [
        ended('c', true, 1),
        ended('e', false, 4),
        ended('f', false, 5),
      ]),
      grave(1000 - 61, session('d')),
      grave(1000 - LATE_SECONDS - 1, session('old')),
    ]
    const told = [
      ended('b', true, 1),
      ended('c', true, 2),
      ended('e', false, 5),
      ended('a', false, 1),
      ended('d', false, 2),
    ]
    expect(othersOf(at, own, [], graves)).toEqual(told)
    expect(othersOf(at, own, [], graves.toReversed())).toEqual(told)
  })

  test('48 at the most', () => {
    const sessions = Array.from({ length: 60 }, (_, i) => ({
      ...{ identity: session(`s${i}`), minutes: 0 },
    }))
    const told = othersOf(at, own, sessions, [])
    expect(told.map(({ sid }) => sid)).toEqual(
      sessions.slice(0, 48).map(({ identity }) => identity.sid.slice(0, 8)),
    )
  })
})
