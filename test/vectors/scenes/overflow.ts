import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'

const TEXT = 'Text of some length, with é, € and "quotes". '.repeat(100)

async function checkedIn(name: string): Promise<Player> {
  const player = new Player(name)
  await player.visit(({ data }) =>
    Object.assign(data, { small: 1, big: { 10: 'ten', 9: 'nine', text: TEXT, at: new Date(0) } }),
  )
  return player
}

/** Claim checks, and what is in the store. */
export async function overflow(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  const one = await checkedIn('claim check')
  found.push(await one.vector('A value in the overflow store.'))
  await one.wait(30).visit(({ data }) => {
    data['more'] = { text: `${TEXT} more` }
  })
  found.push({
    ...(await one.vector('A second value, checked in by a later write.')),
    name: 'claim check in a log',
  })

  const missing = await checkedIn('missing')
  for (const key of Object.keys(missing.store)) delete missing.store[key]
  found.push(await missing.vector('The store does not have it. All else can be read.'))

  const swapped = new Player('swapped')
  await swapped.visit(({ data }) => Object.assign(data, { a: `a ${TEXT}`, b: `b ${TEXT}` }))
  const entries = Object.entries(swapped.store)
  const tokens = entries.map(([, token]) => token).reverse()
  entries.forEach(([key], i) => {
    swapped.store[key] = tokens[i] ?? ''
  })
  found.push(await swapped.vector('The store gives the values of other keys.'))

  const cookie = await checkedIn('a cookie in the store')
  const [token = ''] = cookie.cookies().values()
  for (const key of Object.keys(cookie.store)) cookie.store[key] = token
  found.push(await cookie.vector('The token in the store is one of a cookie.'))

  const value = await checkedIn('a value in a cookie')
  for (const [key, blob] of Object.entries(value.store)) value.put(key.slice(0, 13), blob)
  found.push(await value.vector('The token in a cookie is one of the store.'))
  return found
}

/** Tokens of the store where cookies should be: small ones, which a browser keeps. */
export async function misplaced(): Promise<readonly Vector[]> {
  const player = new Player('small values of the store in cookies')
  const part = TEXT.slice(0, 2400)
  await player.visit(({ data }) => Object.assign(data, { small: 1, a: part, b: `b ${part}` }))
  const stored = Object.entries(player.store)
  for (const [key, token] of stored) player.put(key.slice(0, 13), token)
  if (player.cookies().size !== 1 + stored.length) throw new Error('the jar has dropped some')
  return [await player.vector('The tokens in all cookies but one are those of the store.')]
}
