/** The model with nodes that remember what they wrote just before, and with nodes that do not. */
import { describe, expect, test } from 'vitest'
import { APART_WRITES } from '../../src/log/bursts/gather.ts'
import { type Burst, RecentWrites } from '../../src/log/bursts/recent.ts'
import type { Fragment } from '../../src/log/format/fragment.ts'
import { LONG_MS, runs, SEED } from './budget.ts'
import { bursts } from './bursts.ts'
import { search, searchStored } from './check.ts'
import { busy, changing, slow } from './kinds.ts'
import { rules } from './server.ts'
import type { Recording } from './simulation.ts'
import type { StoreCounts } from './stored-node.ts'
import { attack, withholdParents } from './subsets.ts'

const { gather } = rules

describe.each([
  ['remember what they have just written', true],
  ['remember nothing', false],
] as const)(
  'bursts with one view, whose answers arrive in any order or never, at nodes that %s,',
  (_, remembers) => {
    test('lose no acknowledged write and count each once', { timeout: LONG_MS }, () => {
      let told = 0
      const also = (recording: Recording) => {
        told += recording.told
      }
      expect(search(bursts, runs(1000), SEED, { remembers, also })?.text).toBeUndefined()
      // Without a memory, and with up to six requests of one view, the model lets no answer tell of another write.
      if (remembers) expect(told).toBeGreaterThan(runs(3000))
      else expect(told).toBe(0)
    })

    test('show no write without those that its request had seen, whichever cookies are sent', {
      timeout: LONG_MS,
    }, () => {
      let subsets = 0
      const also = (recording: Recording) => {
        subsets += attack(recording, 40) + withholdParents(recording)
      }
      expect(search(bursts, runs(300), SEED + 1, { remembers, also })?.text).toBeUndefined()
      expect(subsets).toBeGreaterThan(runs(10_000))
    })

    test('lose nothing with an overflow store either, some of whose calls fail', {
      timeout: LONG_MS,
    }, async () => {
      const store = { load: 'eager', staleSeconds: 0, failing: 5, forgets: !remembers } as const
      let [told, refused] = [0, 0]
      const also = (counts: StoreCounts) => {
        told += counts.told
        refused += counts.refused
      }
      const found = await searchStored(bursts, store, runs(40), SEED, also)
      expect(found?.text).toBeUndefined()
      expect(refused).toBeGreaterThan(0)
      if (remembers) expect(told).toBeGreaterThan(0)
      else expect(told).toBe(0)
    })

    test('keep the other promises of the model', { timeout: LONG_MS }, () => {
      for (const kind of [busy, slow, changing])
        expect(search(kind, runs(400), SEED + 2, { remembers })?.text).toBeUndefined()
    })
  },
)

/** A memory in the place of the node's own, by what becomes of each burst and of what is taken for a view. */
function memoryOf(burst: (burst: Burst) => Burst, view: (seen: string) => string): typeof gather {
  class Other extends RecentWrites {
    override burstOf(seen: string, now: number): Burst {
      return burst(super.burstOf(view(seen), now))
    }
  }
  const others = new WeakMap<RecentWrites, RecentWrites>()
  return (current, plan, recent, now) => {
    const other = others.get(recent) ?? new Other()
    others.set(recent, other)
    return gather(current, plan, other, now)
  }
}

/** What a fold of a burst becomes, and what is removed with it. */
function foldsOf(
  change: (fold: Fragment) => Fragment,
  more: (current: Parameters<typeof gather>[0]) => readonly Fragment[] = () => [],
): typeof gather {
  return (current, plan, recent, now) => {
    const gathered = gather(current, plan, recent, now)
    if (gathered.plan === plan) return gathered
    const put = gathered.plan.put.map((each) => (plan.put.includes(each) ? each : change(each)))
    return { ...gathered, plan: { put, remove: [...gathered.plan.remove, ...more(current)] } }
  }
}

/** A log without its oldest entry, or its newest. */
function without(which: 0 | -1): (fold: Fragment) => Fragment {
  return (fold) => {
    if (fold.kind !== 'log') return fold
    const gone = fold.log.entries.at(which)
    const entries = fold.log.entries.filter((each) => each !== gone)
    const heads = fold.log.heads.filter((head) => head !== gone?.id)
    return { ...fold, log: { ...fold.log, entries, heads } }
  }
}

const same = <Value>(value: Value) => value

const mutants: Readonly<Record<string, typeof gather>> = {
  'forgets the oldest entry of a fold': foldsOf(without(0)),
  'forgets the newest entry of a fold': foldsOf(without(-1)),
  'removes cookies of its view that a fold does not hold': foldsOf(same, ({ fragments }) =>
    fragments.filter(({ kind }) => kind === 'log'),
  ),
  'removes what a fold would hold and writes none': (current, plan, recent, now) => {
    const gathered = gather(current, plan, recent, now)
    return { ...gathered, plan: { ...gathered.plan, put: plan.put } }
  },
  'tells of another write before there are six': memoryOf((burst) => {
    burst.count = Math.max(burst.count, APART_WRITES)
    return burst
  }, same),
  'takes all views for one': memoryOf(same, () => ''),
}

describe('the model does not let a node pass that', () => {
  test.each(Object.entries(mutants))('%s', (_name, mutant) => {
    const own = { ...rules, gather: mutant }
    const found = search(bursts, 500, SEED, { rules: own, remembers: true })
    expect(found?.text).toMatch(/schedule \d+ of seed/)
  })
})

test('what these nodes are made of breaks nothing by itself', () => {
  for (const unchanged of [foldsOf(same), memoryOf(same, same)]) {
    const own = { ...rules, gather: unchanged }
    expect(search(bursts, 100, SEED, { rules: own, remembers: true })?.text).toBeUndefined()
  }
})
