import type { Session } from '../../../src/session/session.ts'
import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'
import { allByHand, baseClaims, byHand, type Case, idAt, logClaims } from './by-hand.ts'

const cases: readonly Case[] = [
  {
    name: 'void entry',
    about: 'The second entry with a key is void as a whole, whatever the order of its ops.',
    d: { n: 0 },
    entries: [
      [1, '!order-1', '+n', 1],
      [2, '+n', 10, '!order-1', '=void', true],
      [3, '!order-2', '+n', 100],
      [4, '+n', 1000],
    ],
  },
  {
    name: 'settled',
    about: 'Keys that are claimed stand under ~o.',
    d: { n: 0, '~o': { 'order-1': 1 } },
    entries: [
      [1, '!order-1', '+n', 1],
      [2, '!order-2', '+n', 10],
      [3, '!order-2', '!order-3', '+n', 100],
      [4, '!order-3', '+n', 1000],
    ],
  },
  {
    name: 'one key twice in an entry',
    about: 'It was not claimed before the entry.',
    d: { n: 0 },
    entries: [[1, '!a', '+n', 1, '!a', '+n', 1]],
  },
  {
    name: 'keys',
    about: 'The text is the key as it stands, and any text is one.',
    d: { n: 0, '~o': { 'a/b': 1, '~2x': 1 } },
    entries: [
      [1, '!a/b', '+n', 1],
      [2, '!a~1b', '+n', 10],
      [3, '!', '+n', 100],
      [4, '!~2x', '+n', 1000],
      [5, '!__proto__', '+n', 10000],
      [6, '!toString', '+n', 100000],
    ],
  },
  {
    name: 'only claims',
    about: 'An entry needs no other op.',
    d: {},
    entries: [
      [1, '!a'],
      [2, '!a', '=void', 1],
    ],
  },
  {
    name: 'data with such a key',
    about: 'The key ~o of the data is ~~o, and claims nothing.',
    d: { '~~o': { a: 1 }, n: 0 },
    entries: [[1, '!a', '+n', 1]],
  },
  {
    name: 'in an embedded log',
    about:
      'What is claimed, and what follows from it, does not show in the state of the same cookie.',
    d: { n: 0 },
    base: {
      e: [
        ['1', '!a', '+n', 1, '=by', 'base'],
        ['2', '!a', '=by', 'void'],
      ],
    },
    entries: [[3, '!a', '=by', 'log']],
  },
]

/** Entries that claim a key once. */
export async function once(): Promise<readonly Vector[]> {
  const found = [...(await allByHand(cases, 'once'))]
  const parent = new Player('once: a void parent')
  await parent.putClaims('theBase0', baseClaims({ n: 0 }))
  await parent.putClaims('theLog00', logClaims('theLog00', [[1, '!a', '+n', 1]]))
  await parent.putClaims('theLog01', logClaims('theLog01', [[2, '!a', '+n', 10]]))
  const after = logClaims('theLog02', [[3, '+n', 100]], { a: [idAt(2)] })
  await parent.putClaims('theLog02', after)
  const header = parent.header()
  parent.wait(4)
  found.push(await parent.vector('What has seen a void entry applies.', header))
  const played = new Player('once: parallel requests')
  await played.visit(({ data }) => Object.assign(data, { paid: 0, text: 'x'.repeat(600) }))
  const pay = (amount: number) => (session: Session) => {
    session.increment('paid', amount)
    session.once('payment')
  }
  await played.wait(5).together([pay(1), pay(10), ({ data }) => Object.assign(data, { other: 1 })])
  found.push(await played.vector('Played: two requests that do the same once.'))
  return found
}

/** Logs without entries. */
export async function renewals(): Promise<readonly Vector[]> {
  const cookies: Readonly<Record<string, object>> = {
    'e is absent': { t: [] },
    'e is empty': { t: [], e: [] },
    'with retired entries': { t: [idAt(1)], r: 'AAAAA' },
    'its parent is not there': { t: [], a: [idAt(1)] },
    'of a later base': { t: [], s: idAt(5) },
  }
  const found: Vector[] = []
  for (const [name, members] of Object.entries(cookies)) {
    const player = new Player(`renewal: ${name}`)
    await player.putClaims('theBase0', baseClaims({ a: 1 }))
    const exp = Math.floor(player.now / 1000) + 3000
    await player.putClaims('theLog00', logClaims('theLog00', [], { exp, ...members }))
    const header = player.header()
    player.wait(1900)
    found.push(await player.vector('The exp of the base is over, that of the log is not.', header))
  }
  const early = { name: 'a base that is over', about: 'Without the log.', d: { a: 1 }, entries: [] }
  found.push(await byHand({ ...early, base: { exp: 1_800_000_035 } }, 'renewal'))
  return found
}
