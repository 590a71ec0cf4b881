import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeClaims, encodeClaims } from '../../../src/log/format/claims.ts'
import { type Fragment, isUnnamed, type SessionIdentity } from '../../../src/log/format/fragment.ts'
import { startId } from '../../../src/log/format/ids.ts'
import { planEnd } from '../../../src/log/lives/lifecycle.ts'
import { merge, type View } from '../../../src/log/reading/merge.ts'
import { often } from '../../support/arbitraries.ts'
import { fragment, identity, idOf, START } from './histories.ts'

const NOW = START + 60_000
const user: SessionIdentity = { ...identity, generation: 3, subject: 'eva', from: ['ZZZZZZZZ'] }
const other: SessionIdentity = {
  ...user,
  sid: `${'A'.repeat(10)}${'B'.repeat(12)}`,
  subject: 'bob',
}

const baseOf = (of: SessionIdentity): Fragment =>
  fragment(`base${of.sid.slice(10, 14)}`, {
    identity: of,
    base: { horizon: idOf(5), state: { n: 0 }, serial: 1 },
  })

/** An increment on the base of a session, or of an older one of it. */
const logOf = (of: SessionIdentity, n: number, since = idOf(5)): Fragment =>
  fragment(idOf(n), {
    identity: of,
    log: {
      since,
      parents: [],
      heads: [idOf(n)],
      retired: [],
      entries: [{ id: idOf(n), ops: [{ kind: 'increment', path: 'n', by: 1 }] }],
    },
  })

function read(fragments: readonly Fragment[], unread = false): View {
  const all = fragments.flatMap((each) => decodeClaims(encodeClaims(each)) ?? [])
  expect(all).toHaveLength(fragments.length)
  return merge(all, NOW, unread)
}

const reasonsOf = ({ dropped }: View) => dropped.map(({ fragment: { id }, reason }) => [id, reason])

describe('a log that tells only the beginning of its session', () => {
  test('is of the session of the base that begins so, and of no other', () => {
    const view = read([logOf(other, 7), baseOf(user), logOf(user, 8), baseOf(other)])
    expect(view.current?.state).toEqual({ n: 1 })
    for (const each of view.fragments) {
      expect(isUnnamed(each)).toBe(false)
      expect(each.identity.subject).toBe(each.identity.sid === user.sid ? 'eva' : 'bob')
    }
  })

  test('gives the same view in any order', () => {
    const all = [baseOf(user), logOf(user, 7), logOf(user, 8), baseOf(other), logOf(other, 9)]
    const orders = fc.shuffledSubarray(all, { minLength: all.length })
    fc.assert(
      fc.property(orders, (fragments) => {
        expect(read(fragments).current?.state).toEqual(read(all).current?.state)
      }),
      often(200),
    )
  })

  test('has nothing of its subject, its rank and its lineage in the cookie', () => {
    const text = encodeClaims(logOf(user, 7))
    for (const secret of ['eva', 'ZZZZZZZZ', user.sid]) expect(text).not.toContain(secret)
  })

  test('is an orphan without its base, and no sibling of a first visit', () => {
    const anonymous: SessionIdentity = { ...identity, sid: 'C'.repeat(22), start: START + 5000 }
    const first = fragment('base0000', {
      identity: anonymous,
      base: { horizon: startId(anonymous), state: { a: 1 }, serial: 0 },
    })
    const view = read([first, logOf(user, 7)])
    expect(view.current?.state).toEqual({ a: 1 })
    expect(reasonsOf(view)).toEqual([[idOf(7), 'orphaned']])
  })

  test('must not be deleted while its base may be among cookies that this node cannot read', () => {
    const elsewhere = { ...other, sid: 'E'.repeat(22) }
    const tombstone = fragment(idOf(6), { identity: elsewhere, tombstone: true })
    for (const beside of [[], [baseOf(elsewhere)], [tombstone]]) {
      const { unplaced } = read([...beside, logOf(user, 7)], true)
      expect(unplaced.map(({ id }) => id)).toEqual([idOf(7)])
    }
  })

  test('has ended where a tombstone names its session, and is superseded where another took its place', () => {
    const tombstone = fragment(idOf(9), { identity: user, tombstone: true })
    expect(reasonsOf(read([tombstone, logOf(user, 7)]))).toEqual([[idOf(7), 'ended']])
    const heir = { ...other, sid: 'D'.repeat(22), from: [user.sid.slice(0, 8)] }
    expect(reasonsOf(read([baseOf(heir), logOf(user, 7)]))).toEqual([[idOf(7), 'superseded']])
  })

  test('ends with the jar, by a tombstone that every node can read', () => {
    const view = read([logOf(user, 7)])
    const end = { now: NOW, arrivedAt: NOW, expires: NOW + 3_600_000 }
    const { put } = planEnd(view, { ...end, random: (count) => new Uint8Array(count) })
    const after = read([...put, baseOf(user), logOf(user, 7)])
    expect(after.current).toBeUndefined()
    expect(after.tombstones).toHaveLength(1)
  })
})

test('a log on the first base of an anonymous session tells all, as that base may be gone', () => {
  const log = logOf(identity, 7, startId(identity))
  expect(decodeClaims(encodeClaims(log))).toEqual(log)
})
