import { describe, expect, test } from 'vitest'
import type { Ended, Fragment, SessionIdentity } from '../../../src/log/format/fragment.ts'
import { PROVISIONAL } from '../../../src/log/format/fragment.ts'
import { chooseSession, isNewer } from '../../../src/log/reading/choose.ts'
import { baseOf, identity as first, fragment, idOf } from './histories.ts'

/** The identity of the session `letter`, which started at the second `start`. */
function identity(letter: string, start = 0, more: Partial<SessionIdentity> = {}): SessionIdentity {
  return { ...first, sid: letter.repeat(22), start: first.start + start * 1000, ...more }
}

const grewOutOf = (...letters: string[]) => letters.map((letter) => letter.repeat(8))
const live = (of: SessionIdentity, id = `live_${of.sid.slice(0, 3)}`): Fragment =>
  fragment(id, { identity: of, base: baseOf({}) })
const end = (of: SessionIdentity, at = 0, others: readonly Ended[] = []): Fragment => ({
  ...fragment(idOf(at, of.sid.slice(0, 5)), { identity: of, tombstone: true }),
  ...{ others },
})
/** One that has seen all tombstones here. */
const knowing = (letter: string, start = 0) => identity(letter, start, { seen: idOf(9) })
const delta = (of: SessionIdentity): Fragment =>
  fragment(`log_${of.sid.slice(0, 4)}`, {
    identity: of,
    log: {
      since: idOf(0),
      parents: [],
      heads: [idOf(1)],
      retired: [],
      entries: [{ id: idOf(1), ops: [] }],
    },
  })

/** The sessions that count, for each order of the fragments. */
function chosenOf(fragments: readonly Fragment[]): (string | undefined)[] {
  const turned = fragments.map((_, n) => [...fragments.slice(n), ...fragments.slice(0, n)])
  const orders = [...turned, ...turned.map((order) => order.toReversed())]
  return [...new Set(orders.map((order) => chooseSession(order).chosen?.sid.slice(0, 1)))]
}

describe('of several sessions in a jar', () => {
  test.each<readonly [what: string, fragments: readonly Fragment[], chosen: string | undefined]>([
    ['the only one counts', [live(identity('A'))], 'A'],
    [
      'the one that started last counts, of those that did not start together',
      [live(identity('A', 71)), live(identity('B', 0))],
      'A',
    ],
    [
      'of anonymous ones that started together the first counts',
      [live(identity('A', 1)), live(identity('B', 0)), live(identity('C', 70))],
      'B',
    ],
    [
      'of those that started one after the other with less than 70 s between, the first counts',
      [live(identity('A', 140)), live(identity('B', 70)), live(identity('C', 0))],
      'C',
    ],
    [
      'one that started a millisecond earlier counts',
      [live(identity('B', 0.001)), live(identity('A', 0))],
      'A',
    ],
    [
      'of two that started at once, one counts, the same for all',
      [live(identity('A')), live(identity('B'))],
      'A',
    ],
    [
      'of the logins of two users that started together the last counts',
      [
        live(identity('A', 1, { subject: 'eva', generation: 9 })),
        live(identity('B', 0, { subject: 'kim', generation: 9 })),
      ],
      'A',
    ],
    [
      'one that took the place of a login counts more than it',
      [
        live(identity('A', 0, { subject: 'eva', generation: 9 })),
        live(identity('B', 1, { from: grewOutOf('A') })),
      ],
      'B',
    ],
    [
      'a login counts more than what others started at the same time',
      [live(identity('A', 0, { subject: 'eva', generation: 9 })), live(identity('B', 1))],
      'A',
    ],
    [
      'one that was regenerated counts more than a later start',
      [live(identity('A', 0, { generation: 1 })), live(identity('B', 99))],
      'A',
    ],
    [
      'one that was regenerated more often counts',
      [live(identity('A', 9, { generation: 1 })), live(identity('B', 0, { generation: 2 }))],
      'B',
    ],
    [
      'a provisional one yields to an older one',
      [live(identity('A')), live(identity('B', 99, { generation: PROVISIONAL }))],
      'A',
    ],
    [
      'a provisional one counts where it is alone',
      [live(identity('B', 0, { generation: PROVISIONAL }))],
      'B',
    ],
    [
      'one without a base does not count',
      [live(identity('A')), delta(identity('B', 99, { generation: 9 }))],
      'A',
    ],
    ['none counts where none has a base', [delta(identity('A')), delta(identity('B'))], undefined],
  ])('%s', (_what, fragments, chosen) => {
    expect(chosenOf(fragments)).toEqual([chosen])
  })

  test('precedence is a strict order', () => {
    const heads = ['A', 'B'].flatMap((letter) =>
      [0, 1].flatMap((start) =>
        [-1, 0, 1].map((generation) => identity(letter, start, { generation })),
      ),
    )
    for (const a of heads) {
      expect(isNewer(a, a)).toBe(false)
      for (const b of heads) {
        if (a !== b) expect(isNewer(a, b)).toBe(!isNewer(b, a))
        for (const c of heads) if (isNewer(a, b) && isNewer(b, c)) expect(isNewer(a, c)).toBe(true)
      }
    }
  })
})

describe('a tombstone', () => {
  const anonymous = identity('A', 0)
  test.each<readonly [what: string, fragments: readonly Fragment[], chosen: string | undefined]>([
    ['ends its session', [end(anonymous), live(anonymous)], undefined],
    [
      'ends its session, whatever else of it arrives',
      [end(anonymous), live(anonymous), delta(anonymous), live(anonymous, 'another0')],
      undefined,
    ],
    [
      'ends its session also where an older one is in the jar, which does not come back',
      [end(identity('B', 5)), live(identity('B', 5)), live(anonymous)],
      undefined,
    ],
    [
      'ends a session that started later, and has not seen it',
      [end(anonymous), live(identity('B', 999, { generation: 1 }))],
      undefined,
    ],
    [
      'ends a session that grew out of the ended one',
      [end(anonymous), live(identity('B', 5, { generation: 1, from: grewOutOf('A') }))],
      undefined,
    ],
    [
      'ends one that grew out of it by way of others',
      [end(anonymous), live(identity('D', 5, { generation: 3, from: grewOutOf('C', 'B', 'A') }))],
      undefined,
    ],
    [
      'ends one that grew out of the same',
      [
        end(identity('B', 1, { generation: 1, from: grewOutOf('A') })),
        live(identity('C', 2, { generation: 2, from: grewOutOf('A') })),
      ],
      undefined,
    ],
    [
      'ends the one that the ended one grew out of',
      [end(identity('B', 1, { generation: 1, from: grewOutOf('A') })), live(anonymous)],
      undefined,
    ],
    [
      'ends one that grew out of another, and has not seen it',
      [end(anonymous), live(identity('C', 5, { generation: 1, from: grewOutOf('B') }))],
      undefined,
    ],
    [
      'leaves one that has seen it',
      [end(anonymous), live(identity('C', 5, { seen: end(anonymous).id }))],
      'C',
    ],
    [
      'ends one that has seen an older one only',
      [end(anonymous, 3), live(identity('C', 5, { seen: end(identity('B'), 2).id }))],
      undefined,
    ],
    [
      'leaves one that has seen another, which ended all of the same',
      [
        end(anonymous, 3),
        end(anonymous, 2),
        live(identity('C', 5, { seen: end(anonymous, 2).id })),
      ],
      'C',
    ],
    [
      'of a user ends the login of another that has not seen it',
      [
        end(identity('A', 0, { subject: 'eva' })),
        live(identity('B', 5, { generation: 9, subject: 'kim' })),
      ],
      undefined,
    ],
    [
      'of an anonymous session leaves a login that has not seen it',
      [end(anonymous), live(identity('B', 5, { generation: 9, subject: 'kim' }))],
      'B',
    ],
    [
      'ends others that it tells of',
      [
        end(identity('A', 0, { seen: 'zzzzzzzzzzzzz' }), 1, [
          { sid: 'B'.repeat(8), hadSubject: true, minutes: 2 },
        ]),
        live(identity('C', 5, { from: grewOutOf('B'), seen: idOf(9), subject: 'kim' })),
      ],
      undefined,
    ],
    [
      'of an anonymous session leaves the login that grew out of it',
      [
        end(anonymous),
        live(identity('B', 5, { generation: 1, from: grewOutOf('A'), subject: 'eva' })),
      ],
      'B',
    ],
    [
      'of a login ends what grew out of it, logins too',
      [
        end(identity('A', 0, { subject: 'eva' })),
        live(identity('B', 5, { generation: 1, from: grewOutOf('A'), subject: 'eva' })),
      ],
      undefined,
    ],
    [
      'of a login ends the login itself',
      [end(identity('A', 0, { subject: 'eva' })), live(identity('A', 0, { subject: 'eva' }))],
      undefined,
    ],
    ['without any session leaves none', [end(anonymous)], undefined],
    [
      'leaves a later session although another tombstone does too',
      [end(anonymous), end(identity('B', 1)), live(identity('C', 2, { seen: idOf(9) }))],
      'C',
    ],
    [
      'ends an older session although a later one lives',
      [end(identity('B', 1)), live(anonymous), live(identity('C', 2, { seen: idOf(9) }))],
      'C',
    ],
    [
      'ends a provisional session that started before the end',
      [end(identity('A', 0), 3), live(identity('B', 2, { generation: PROVISIONAL }))],
      undefined,
    ],
  ])('%s', (_what, fragments, chosen) => {
    expect(chosenOf(fragments)).toEqual([chosen])
  })
})

describe('what is not used is told with its reason:', () => {
  test.each<readonly [reason: string, what: string, gone: Fragment, others: readonly Fragment[]]>([
    ['ended', 'of an ended session, its base', live(identity('A')), [end(identity('A'))]],
    ['ended', 'of an ended session, its logs', delta(identity('A')), [end(identity('A'))]],
    [
      'ended',
      'of an ended session, also where a later one lives',
      live(identity('A')),
      [end(identity('A')), live(identity('B', 1))],
    ],
    ['superseded', 'of an older session', live(identity('A')), [live(identity('B', 99))]],
    [
      'superseded',
      'a log of an older session',
      delta(identity('A')),
      [live(identity('A')), live(identity('B', 99))],
    ],
    [
      'superseded',
      'a log without a base beside a session',
      delta(identity('A')),
      [live(identity('B', 99))],
    ],
    [
      'provisional',
      'of a session that a request started without cookies',
      live(identity('A', 9, { generation: PROVISIONAL })),
      [live(identity('B'))],
    ],
    ['orphaned', 'a log without a base, where there is no session', delta(identity('A')), []],
    [
      'ended',
      'of a session that has not seen an end',
      live(identity('A')),
      [end(identity('B', 1))],
    ],
  ])('%s: %s', (reason, _what, gone, others) => {
    for (const fragments of [
      [gone, ...others],
      [...others, gone],
    ])
      expect(chooseSession(fragments).dropped).toContainEqual({ fragment: gone, reason })
  })

  test('all but the session that counts and the tombstones', () => {
    const [grave, kept, log] = [end(identity('A')), live(knowing('C', 2)), delta(knowing('C', 2))]
    const gone = [live(identity('A')), live(identity('B', 1))]
    const { chosen, dropped, tombstones } = chooseSession([grave, ...gone, kept, log])
    expect(chosen?.sid).toBe(kept.identity.sid)
    expect(tombstones).toEqual([grave])
    expect(dropped.map((each) => each.fragment)).toEqual(gone)
  })
})
