/** The four session guarantees of docs/clustering.md, on a cluster whose nodes are killed under load. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cluster, startCluster } from '../../demo/cluster/cluster.ts'
import { guarantees, type Visit } from '../support/guarantees.ts'
import { seeded } from '../support/random.ts'
import { Witness } from './witness.ts'

const SEED = 20261126
const BROWSERS = 12
const ROUNDS = 12
/** What each browser does in a round, one after the other. */
const ACTS = 2

const random = seeded(SEED)
let cluster: Cluster
let witnesses: readonly Witness[] = []
let kills = 0

/** Everybody goes on while nodes get SIGKILL and come back. */
async function round(victims: readonly string[]): Promise<void> {
  const acting = Promise.all(
    witnesses.map(async (witness) => {
      for (let act = 0; act < ACTS; act++) await witness.act()
    }),
  )
  await Promise.all(victims.map((name) => cluster.kill(name)))
  kills += victims.length
  await Promise.all([acting, ...victims.map((name) => cluster.start(name))])
}

beforeAll(async () => {
  cluster = await startCluster()
  witnesses = Array.from({ length: BROWSERS }, (_, i) => {
    return new Witness(`b${i}`, cluster.url, seeded(SEED + i))
  })
  await Promise.all(witnesses.map((witness) => witness.begin()))
  const names = cluster.nodes.map(({ name }) => name)
  for (let i = 1; i <= ROUNDS; i++) await round(i % 4 === 0 ? names : [random.pick(names)])
  await Promise.all(witnesses.map((witness) => witness.look()))
})

afterAll(() => cluster?.close())

/** What is true of the history of some browser. */
const problems = (check: (history: readonly Visit[]) => readonly string[]): string[] =>
  witnesses.flatMap(({ history }) => check(history))

describe('12 browsers with up to five requests at once, whose nodes are killed, are given', () => {
  it.each(Object.entries(guarantees))('%s', (_, check) => {
    expect(problems(check)).toEqual([])
  })

  it('nothing of a write that they were not told of', () => {
    const untold = problems((history) => {
      const lost = history
        .filter(({ answered }) => answered === undefined)
        .map(({ wrote }) => wrote)
      return history.flatMap(({ saw }) => (saw ?? []).filter((write) => lost.includes(write)))
    })
    expect(untold).toEqual([])
  })

  it('reason to doubt that: requests without an answer, and cookies that were withheld', () => {
    const all = witnesses.flatMap(({ history }) => history)
    const unanswered = witnesses.reduce((sum, witness) => sum + witness.unanswered, 0)
    const partial = all.filter((visit) => visit.partial)
    expect(kills).toBe(ROUNDS + 3 * 3)
    expect(unanswered).toBeGreaterThan(0)
    expect(partial.length).toBeGreaterThan(BROWSERS)
    for (const { nodes } of witnesses) expect(nodes.size).toBe(cluster.nodes.length)
  })
})
