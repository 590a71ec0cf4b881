import type { Session } from '../../../src/session/session.ts'
import { FOREIGN_SECRET, Player, SECRET, START } from '../player.ts'
import type { Vector } from '../vector.ts'
import { type Claims, id, type Jar, jarVectors, prefix, started, tombstone } from './jars.ts'

const user = { sub: 'u' }
const a = started('A', 0)
const b = started('B', 5)
/** The end of A, after 10 s. */
const end = tombstone('A', 0, 10)
const userEnd = { ...end, ...user }
const seen = (tombstone: Claims) => ({ z: String(tombstone['jti']) })
const strangers = (letter: string) => `${prefix('D')}${letter}${prefix('E')}_`

const unseen: readonly Jar[] = [
  { name: 'an end that nobody had seen', after: 60, claims: [b, end] },
  { name: 'an end that a session had seen', after: 60, claims: [{ ...b, ...seen(end) }, end] },
  { name: 'an end before the one that it had seen', after: 60, claims: [{ ...b, z: id(11) }, end] },
  { name: 'an end after the one that it had seen', after: 60, claims: [{ ...b, z: id(9) }, end] },
  {
    name: 'an end that a session had seen, front coded',
    after: 60,
    claims: [{ ...b, z: id(10, 'Axxxx').slice(4) }, end],
  },
  {
    name: 'of two ends one was seen',
    after: 60,
    claims: [{ ...b, ...seen(end) }, end, tombstone('C', 0, 20)],
  },
  {
    name: 'its own end, though it had seen it',
    after: 60,
    claims: [{ ...a, ...seen(end) }, end],
  },
  {
    name: 'the end of its ancestor, though it had seen it',
    after: 60,
    claims: [{ ...b, f: prefix('A'), ...seen(end) }, end],
  },
  { name: 'a session that began after an end', after: 60, claims: [started('C', 50), end] },
]

const users: readonly Jar[] = [
  {
    name: 'a login beside the end of an anonymous session',
    after: 60,
    claims: [{ ...b, ...user }, end],
  },
  {
    name: 'a login out of an anonymous session that has ended',
    after: 60,
    claims: [{ ...b, ...user, f: prefix('A') }, end],
  },
  { name: 'a login beside the end of another', after: 60, claims: [{ ...b, ...user }, userEnd] },
  {
    name: 'a login that had seen the end of another',
    after: 60,
    claims: [{ ...b, ...user, ...seen(userEnd) }, userEnd],
  },
  {
    name: 'a login out of a login that has ended',
    after: 60,
    claims: [{ ...b, ...user, ...seen(userEnd), f: prefix('A') }, userEnd],
  },
  { name: 'an anonymous session beside the end of a login', after: 60, claims: [b, userEnd] },
]

const others: readonly Jar[] = [
  ...(['u', 'y'] as const).flatMap((member) =>
    [undefined, 'u'].flatMap((sub): Jar[] => {
      const who = `${sub ? 'a login' : 'an anonymous session'}, ${member}`
      const session = { ...b, ...seen(end), ...(sub ? { sub } : {}) }
      const named = (minutes: string) => ({
        [member]: `${strangers('C')}${prefix('B')}${minutes}`,
      })
      return [
        { name: `named: ${who}`, after: 60, claims: [session, { ...end, ...named('A') }] },
        {
          name: `named minutes ago: ${who}`,
          after: 60,
          claims: [session, { ...end, ...named('_') }],
        },
        {
          name: `its ancestor is named: ${who}`,
          after: 60,
          claims: [
            { ...session, f: `${prefix('F')}${prefix('D')}` },
            { ...end, [member]: strangers('B') },
          ],
        },
      ]
    }),
  ),
  ...[
    { name: 'a login beside the end of another just now', named: { u: strangers('A') } },
    { name: 'a login beside the end of another minutes ago', named: { u: strangers('B') } },
    { name: 'a login beside the end of anonymous ones', named: { y: strangers('A') } },
  ].map(({ name, named }): Jar => {
    const login = { ...b, ...user }
    return { name, after: 60, claims: [login, { ...end, ...named }] }
  }),
  {
    name: 'an end that is told again',
    about: 'The first tombstone names all that the second one names.',
    after: 60,
    claims: [
      { ...b, ...seen(end) },
      { ...end, y: strangers('A') },
      { ...tombstone('D', 0, 20), y: `${prefix('A')}B` },
    ],
  },
  {
    name: 'an end that is told again, and more',
    after: 60,
    claims: [
      { ...b, ...seen(end) },
      { ...end, y: strangers('A') },
      { ...tombstone('D', 0, 20), y: `${prefix('A')}B${prefix('F')}A` },
    ],
  },
  {
    name: 'a later end that names the same and more',
    after: 60,
    claims: [
      { ...b, z: id(15) },
      tombstone('D', 0, 20),
      { ...tombstone('D', 0, 30), jti: id(30, 'later'), y: `${prefix('A')}A` },
    ],
  },
  {
    name: 'told again, one after the other',
    about: 'Each covers the next one, but the first not the last.',
    after: 60,
    claims: [
      { ...b, ...seen(end) },
      { ...end, y: `${prefix('D')}A` },
      { ...tombstone('D', 0, 20), y: `${prefix('E')}A` },
      tombstone('E', 0, 30),
    ],
  },
  ...(['A', 'B'] as const).flatMap((letter) =>
    [10, 30].flatMap((at): Jar[] => {
      const when = `${letter === 'A' ? 'just now' : 'a minute ago'}, ${at} s`
      const told = { ...tombstone('E', 0, at), z: id(9), u: `${prefix('A')}${letter}` }
      const login = { ...b, ...user, z: id(9) }
      return [
        {
          name: `a slow end of a user that another one tells of: ${when}`,
          about: 'The session had seen the last end of a user that the other one tells.',
          after: 60,
          claims: [login, { ...tombstone('A', 0, 20), ...user }, told],
        },
        {
          name: `a slow end of what grew out of that: ${when}`,
          after: 60,
          claims: [login, { ...tombstone('D', 0, 20), ...user, f: prefix('A') }, told],
        },
        {
          name: `the same, of a session of nobody: ${when}`,
          after: 60,
          claims: [{ ...b, z: id(9) }, { ...tombstone('D', 0, 20), f: prefix('A') }, told],
        },
      ]
    }),
  ),
  {
    name: 'a slow end of a user that another one tells of without a last end',
    after: 60,
    claims: [
      { ...b, ...user, z: id(15) },
      { ...tombstone('A', 0, 20), ...user },
      { ...tombstone('E', 0, 10), u: `${prefix('A')}B` },
    ],
  },
]

const places: readonly Jar[] = [
  {
    name: 'it took the place of an expired one',
    after: 1950,
    claims: [
      { ...a, g: 1 },
      { ...started('B', 1801), f: prefix('A') },
    ],
  },
  {
    name: 'it took the place of one that is not over here',
    about: 'The node that began it thought so. Its rank does not matter.',
    after: 1600,
    claims: [
      { ...a, g: 1 },
      { ...started('B', 1500), f: prefix('A') },
    ],
  },
  {
    name: 'it took the place of one that has ended since',
    after: 1950,
    claims: [
      { ...a, g: 1 },
      { ...started('B', 1801), f: prefix('A') },
      { ...tombstone('A', 0, 1810), exp: 1_800_004_000 },
    ],
  },
  {
    name: 'an older session whose place nobody took',
    after: 600,
    claims: [a, { ...started('B', 400), f: prefix('C') }, { ...started('C', 200), g: 3 }],
  },
  {
    name: 'who took its place has no base',
    after: 600,
    claims: [a, { ...started('B', 400), k: 'l', s: id(400), t: [], f: prefix('A') }],
  },
  {
    name: 'who took its place has ended',
    after: 600,
    claims: [
      { ...a, z: id(450) },
      { ...started('B', 400), f: prefix('A') },
      { ...tombstone('B', 400, 420), f: '' },
    ],
  },
]

const provisional: readonly Jar[] = [
  { name: 'one that is provisional', after: 60, claims: [{ ...a, g: -1 }] },
  {
    name: 'two that are provisional',
    about: 'The earlier one counts.',
    after: 60,
    claims: [started('B', 5), started('C', 3), started('D', 8)].map((each) => ({ ...each, g: -1 })),
  },
  {
    name: 'two provisional ones of one start',
    after: 60,
    claims: [started('C', 3), started('B', 3), started('D', 3)].map((each) => ({ ...each, g: -1 })),
  },
  { name: 'a provisional one beside an older one', after: 60, claims: [a, { ...b, g: -1 }] },
  {
    name: 'a provisional login beside an anonymous one',
    after: 60,
    claims: [a, { ...b, ...user, g: -1 }],
  },
  { name: 'a provisional one, and an end', after: 60, claims: [{ ...b, g: -1 }, end] },
  {
    name: 'a provisional one that had seen the end',
    after: 60,
    claims: [{ ...b, g: -1, ...seen(end) }, end],
  },
  {
    name: 'a provisional one after the other was over',
    after: 1900,
    claims: [a, { ...started('B', 1850), g: -1 }],
  },
]

const set =
  (key: string, value: unknown) =>
  ({ data }: { data: Record<string, unknown> }): void => {
    data[key] = value
  }
const logout = (session: Session): void => session.destroy()
const login = (session: Session): void => session.login('user-1')

/** What ends a session, what does not, and which of those that are left counts. */
export async function ended(): Promise<readonly Vector[]> {
  const jars = [...unseen, ...users, ...others, ...places, ...provisional]
  const found = [...(await jarVectors(jars))]

  const twice = new Player('a logout that was sent twice')
  await twice.visit(login)
  const before = twice.cookies()
  const [first, second] = [await twice.wait(10).open(), await twice.open()]
  const gone = await first(logout)
  gone()
  await twice.wait(5).visit(login)
  const again = await second(logout)
  again()
  for (const [id, value] of before) twice.put(id, value)
  found.push(await twice.vector('The user logged in between them. The second logout ends nothing.'))

  const slow = new Player('a slow logout of a session that has ended')
  await slow.visit(set('a', 1))
  const leaving = await slow.open()
  await slow.wait(5).visit(logout)
  await slow.wait(5).visit(set('b', 2))
  const left = await leaving(logout)
  left()
  found.push(await slow.vector('An anonymous session has begun since.'))

  const beside = new Player('a first visit beside a logout')
  await beside.visit(login)
  const held = beside.cookies()
  const other = new Player('a first visit beside a logout')
  await other.wait(3).visit(set('other', true))
  for (const [id, value] of held) other.put(id, value)
  await other.wait(5).visit(logout)
  const tombstones = other.header()
  await beside.wait(4).visit(set('more', 1))
  for (const [id, value] of beside.cookies()) other.put(id, value)
  other.wait(60)
  found.push(await other.vector('Cookies of both came back after the logout.'))
  found.push({
    ...(await other.vector('Only the tombstone is there.', tombstones)),
    name: 'a first visit beside a logout, without either',
  })

  const blind = new Player('two nodes that could not read', { secrets: [FOREIGN_SECRET] })
  await blind.visit(set('a', 'whole'))
  blind.secrets = [SECRET]
  const [one, two] = [await blind.wait(5).open(), await blind.wait(1).open()]
  const later = await two(set('a', 'second'))
  const earlier = await one(set('a', 'first'))
  later()
  earlier()
  found.push(await blind.vector('Of two provisional sessions the earlier one counts, for them.'))
  blind.secrets = [SECRET, FOREIGN_SECRET]
  found.push({
    ...(await blind.vector('A node that reads all.')),
    name: 'two provisional sessions beside a whole one',
  })

  const place = new Player('a visit after its session had expired')
  await place.visit(set('a', 'old'))
  const expired = place.cookies()
  place.now = START + 1801_000
  for (const [id, value] of expired) place.put(id, value)
  await place.visit(set('a', 'new'))
  for (const [id, value] of expired) place.put(id, value)
  found.push(await place.vector('It took the place of the other one, and says so.'))
  place.wait(-1000)
  found.push({
    ...(await place.vector('For a node whose clock is behind.')),
    name: 'it took the place of one that lives',
  })
  return found
}
