/**
 * Lists with values that are there more than once. Which of two that are the same a request took out nobody can tell;
 * how many must be left can be told from who had seen what.
 */
import type { Tree } from '../../src/tree/tree.ts'
import type { Effect } from './effects.ts'
import { BAG, isList, type NaiveObject } from './naive.ts'

interface Seeing {
  readonly effects: readonly Effect[]
  readonly seen: bigint
}

interface Taken {
  readonly bit: bigint
  readonly seen: bigint
  readonly by: number
  readonly all: boolean
}

/** What is wrong with the values of the bag, or `undefined`. */
export function bagProblem(
  initial: NaiveObject,
  writes: readonly Seeing[],
  shown: bigint,
  bag: Tree | undefined,
): string | undefined {
  const there = isList(bag) ? bag : []
  const first = initial.members.get(BAG)
  const before = first?.kind === 'bag' ? first.values : []
  const effects = writes.flatMap(({ effects, seen }, i) =>
    effects.flatMap((effect) =>
      effect.does === 'bag' ? [{ ...effect, seen: seen & shown, bit: 1n << BigInt(i) }] : [],
    ),
  )
  const ours = effects.filter(({ bit }) => (bit & shown) !== 0n)
  const values = new Set([...there, ...before, ...ours.map(({ value }) => value)])
  for (const value of values) {
    const own = ours.filter((effect) => effect.value === value)
    const had = before.filter((each) => each === value).length
    const count = there.filter((each) => each === value).length
    const problem = countProblem(had, own, count)
    if (problem !== undefined) return `${BAG} have ${JSON.stringify(value)} ${problem}`
  }
  return undefined
}

function countProblem(had: number, effects: readonly Taken[], count: number): string | undefined {
  const added = effects.filter(({ by }) => by > 0)
  const taken = effects.filter(({ by }) => by < 0)
  const all = had + added.length
  const least = Math.max(
    0,
    taken.reduce((left, { by }) => left + by, all),
  )
  // Of those who saw one another each took out another one.
  const chains = new Map<bigint, number>()
  for (const take of taken.toSorted((a, b) => sizeOf(a.seen) - sizeOf(b.seen))) {
    const below = [...chains].filter(([bit]) => (bit & take.seen) !== 0n).map(([, n]) => n)
    const seen = had + added.filter(({ bit }) => (bit & take.seen) !== 0n).length
    chains.set(take.bit, take.all ? seen : Math.max(0, ...below) - take.by)
  }
  const most = all - Math.max(0, ...chains.values())
  if (count >= least && count <= most) return undefined
  return `${count} times, which is not from ${least} to ${most}`
}

function sizeOf(set: bigint): number {
  return set.toString(2).replaceAll('0', '').length
}
