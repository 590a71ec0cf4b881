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

  const calm = new Player('base with embedded log')
  await calm.visit(({ data }) => Object.assign(data, { a: 1, b: { c: 'x'.repeat(60) }, list: [1] }))
  await calm.wait(20).visit((session) => {
    session.increment('hits')
    ;(session.data['list'] as number[]).push(2)
  })
  for (let i = 0; i < 9; i++) await calm.wait(20).visit(set(`k${i}`, `value ${i} `.repeat(4)))
  found.push(await calm.vector('A base that shows what its own entries set, told as ":path".'))

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

  const settled = await begun('settled')
  await settled.wait(5).together([set('a', 1), set('b', 2), set('c', 3)])
  await settled.wait(400).together([set('d', 4), set('e', 5)])
  await settled.wait(1).together([set('f', 6), set('g', 7)])
  await settled.wait(1).together([set('h', 6), set('i', 7)])
  found.push(await settled.vector('A base with a horizon that ends in zzzzz, and logs after it.'))

  const two = await begun('two bases')
  const before = two.cookies()
  for (let i = 0; i < 12; i++) await two.wait(30).visit(set('a', `${i} ${LONG.slice(0, 40)}`))
  for (const [id, value] of before) two.put(id, value)
  found.push(
    await two.vector('An older base that came back: the latest horizon counts, then the serial.'),
  )

  const ahead = await begun('log without its base')
  for (let i = 0; i < 12; i++) await ahead.wait(30).visit(set('a', i))
  await ahead.together([set('b', 1), set('c', 2)])
  for (const [id, claims] of Object.entries(await ahead.claims()))
    if (JSON.stringify(claims).includes('"k":"b"')) ahead.remove(id)
  for (const [id, value] of before) two.put(id, value)
  found.push(await ahead.vector('Logs without any base are no session.'))
  return found
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
