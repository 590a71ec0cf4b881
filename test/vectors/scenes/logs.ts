import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'

type Data = Record<string, unknown>

const set =
  (key: string, value: unknown) =>
  ({ data }: { data: Data }): void => {
    data[key] = value
  }

const LONG = 'a value that is long enough for the next base not to be worth its while, '.repeat(8)

/** Logs, folds, and bases with the entries that follow them. */
export async function logs(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  const one = await begun('base and delta')
  await one.wait(5).visit(set('theme', 'light'))
  found.push(await one.vector('A log of one entry, whose id is that of the cookie.'))

  await one.wait(5).visit((session) => {
    session.increment('cart.apples')
    session.data['list'] = [1, 2, 3]
    delete session.data['old']
  })
  await one.wait(5).visit(set('theme', 'dark'))
  found.push({
    ...(await one.vector('One log of some entries, one of them retired.')),
    name: 'log of entries',
  })

  const calm = await small('base with embedded log')
  found.push(await calm.vector('A base that shows what its own entries set, told as ":path".'))
  const before = calm.cookies()
  await calm.wait(1).together([set('k1', 'one'), set('k2', 'two')])
  found.push({ ...(await calm.vector('Logs after those.')), name: 'embedded log and others' })
  for (let i = 0; i < 8; i++) await calm.wait(10).visit(set(`k${i % 3}`, `value ${i} `.repeat(4)))
  found.push({ ...(await calm.vector('Entries of it have retired.')), name: 'retired in a base' })
  for (const [id, value] of before) calm.put(id, value)
  const older = 'An older base with the same horizon came back. The higher serial counts.'
  found.push({ ...(await calm.vector(older)), name: 'serial' })
  for (let i = 0; i < 30; i++) await calm.wait(20).visit(set(`k${i % 4}`, i))
  found.push({ ...(await calm.vector('The last id of a minute.')), name: 'horizon zzzzz' })
  const parents = calm.cookies()
  await calm.wait(1).together([set('x', 1), set('y', 2)])
  for (const [id, value] of before) calm.put(id, value)
  const horizon = 'Of two bases the later horizon counts; entries up to it are left out.'
  found.push({ ...(await calm.vector(horizon)), name: 'horizon' })
  for (const [id] of parents) calm.remove(id)
  const since = 'The base of some logs is not there, only an older one.'
  found.push({ ...(await calm.vector(since)), name: 'since' })

  const parallel = await begun('parallel deltas')
  await parallel.wait(5).together([set('a', 1), set('b', 2)])
  await parallel.together([
    (session) => session.increment('hits'),
    (session) => session.increment('hits', 2),
  ])
  found.push(await parallel.vector('Requests that had not seen each other. All of them count.'))

  const burst = await begun('burst')
  for (let round = 0; round < 3; round++) {
    await burst.wait(1).together(
      [0, 1, 2, 3].map((i) => set(`k${i}`, round)),
      20,
    )
  }
  found.push(
    await burst.vector('Rounds of four parallel requests: folded, with tips and retired entries.'),
  )
  found.push(await entryInTwoLogs())

  const orphan = await begun('parent missing')
  await orphan.wait(5).together([set('a', 1), set('b', 2)])
  const parent = [...orphan.cookies().keys()].at(-1) ?? ''
  await orphan.together([set('c', 3), set('d', 4)])
  orphan.remove(parent)
  found.push(await orphan.vector('Logs whose parent is not there are not used.'))

  const crowd = await begun('settled')
  for (let round = 0; round < 40; round++) {
    await crowd.wait(7).together(
      [0, 1, 2].map((i) => set(`k${(round + i) % 5}`, round)),
      300,
    )
  }
  found.push(await crowd.vector('Minutes of parallel requests: bases, folds and deltas.'))

  const baseless = await begun('no base')
  await baseless.wait(1).together([set('b', 1), set('c', 2)])
  for (const [id, claims] of Object.entries(await baseless.claims()))
    if (JSON.stringify(claims).includes('"k":"b"')) baseless.remove(id)
  found.push(await baseless.vector('Logs without any base are no session.'))
  return found
}

/** A session that one request at a time writes, so that its entries share a cookie with the base. */
async function small(name: string): Promise<Player> {
  const player = new Player(name)
  await player.visit(({ data }) => Object.assign(data, { a: 1, b: { c: 'x'.repeat(60) } }))
  await player.wait(20).visit((session) => {
    session.increment('hits')
    session.data['list'] = [1]
  })
  await player.wait(20).visit((session) => {
    session.increment('hits')
    session.data['list'] = [1, 2]
  })
  for (let i = 0; i < 7; i++) await player.wait(10).visit(set(`k${i}`, `value ${i} `.repeat(4)))
  return player
}

async function begun(name: string): Promise<Player> {
  const player = new Player(name)
  await player.visit(({ data }) =>
    Object.assign(data, { cart: { apples: 2 }, theme: 'dark', list: [1], old: true, text: LONG }),
  )
  return player
}

async function entryInTwoLogs(): Promise<Vector> {
  const again = await begun('entry in two logs')
  await again.wait(1).together([set('k0', 0), set('k1', 1), set('k2', 2), set('k3', 3)], 20)
  const before = again.cookies()
  await again.together([set('k0', 10), set('k1', 11)], 20)
  await again.together([set('k2', 10), set('k3', 11)], 20)
  for (const [id, value] of before) again.put(id, value)
  return again.vector('Cookies that a fold had removed came back. Entries count once.')
}
