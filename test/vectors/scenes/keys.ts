import { FOREIGN_SECRET, NEW_SECRET, Player, SECRET } from '../player.ts'
import type { Vector } from '../vector.ts'

const set =
  (key: string, value: unknown) =>
  ({ data }: { data: Record<string, unknown> }): void => {
    data[key] = value
  }

/** Secrets, names and hours. */
export async function keys(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  const old = new Player('older secret')
  await old.visit(set('a', 1))
  old.secrets = [NEW_SECRET, SECRET]
  found.push(await old.vector('Sealed with the second of two secrets.'))

  const audience = new Player('audience', { audience: 'b.example/ü"' })
  await audience.visit(set('a', 1))
  found.push(await audience.vector('Sealed for an audience.'))
  const elsewhere = new Player('another audience')
  await elsewhere.visit(set('a', 1))
  found.push(await elsewhere.vector('Sealed for another audience.', audience.header()))

  const both = new Player('two secrets')
  await both.visit(set('a', 'x'.repeat(500)))
  both.secrets = [NEW_SECRET, SECRET]
  const [one, two] = [await both.wait(1).open(), await both.open()]
  both.secrets = [SECRET, NEW_SECRET]
  const three = await both.open()
  for (const [answer, key] of [
    [one, 'b'],
    [two, 'c'],
    [three, 'd'],
  ] as const) {
    both.now += 100
    const deliver = await answer(set(key, 1))
    deliver()
  }
  found.push(
    await both.vector('Nodes that seal with different secrets, in the middle of a rotation.'),
  )

  const hours = new Player('over the hour')
  await hours.visit(set('a', 'x'.repeat(500)))
  await hours.wait(1700).visit(set('b', 1))
  await hours.wait(1700).together([set('c', 1), set('d', 1)])
  await hours.wait(300).together([set('e', 1), set('f', 1)])
  found.push(await hours.vector('Cookies that were sealed in different hours.'))

  const foreign = new Player('foreign secret', { secrets: [FOREIGN_SECRET] })
  await foreign.visit(set('a', 1))
  foreign.secrets = [SECRET]
  found.push(await foreign.vector('No secret with this id.'))

  const name = new Player('another name')
  await name.visit(set('a', 1))
  const renamed = new Player('another name', { cookieName: 'other' })
  for (const [id, value] of name.cookies()) renamed.put(id, value)
  found.push(await renamed.vector('The cookie name is part of the key.'))

  const hour = 500_000 * 3_600_000
  for (const [title, now] of [
    ['hour that is nearly too old', hour + 3_600_000 + 7_200_000 + 3_600_000],
    ['hour that is too old', hour + 3_600_000 + 7_200_000 + 3_600_001],
    ['hour that is nearly too far ahead', hour - 3_600_000],
    ['hour that is too far ahead', hour - 3_600_001],
  ] as const) {
    const player = new Player(title, { absoluteTimeout: 7200 })
    await player.visit(set('a', 1))
    const header = player.header()
    player.now = now
    found.push(await player.vector('At the end of the window, or 1 ms beyond.', header))
  }
  return found
}
