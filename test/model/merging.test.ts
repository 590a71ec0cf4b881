import { expect, test } from 'vitest'
import { merge } from '../../src/log/reading/merge.ts'
import { seeded } from '../support/random.ts'
import { runs, SEED } from './budget.ts'
import { search } from './check.ts'
import { changing } from './kinds.ts'
import { Violation } from './oracle.ts'
import type { Recording } from './run.ts'

const random = seeded(SEED)

test('what a view amounts to does not depend on the order of its cookies or on doubles', () => {
  expect(search(changing, runs(1500), SEED, { also: shuffled })?.text).toBeUndefined()
})

function shuffled({ cookies }: Recording): void {
  for (let round = 0; round < 4; round++) {
    const some = cookies.filter(() => random.below(2) === 0).map(({ fragment }) => fragment)
    const mixed = [...some, ...some.filter(() => random.below(4) === 0)]
    mixed.sort(() => random.below(3) - 1)
    const [one, other] = [some, mixed].map((fragments) => {
      const { current } = merge(fragments, 0)
      if (!current) return 'no session'
      const { base, fragments: _, ...rest } = current
      const { head, horizon, serial, state } = base
      return JSON.stringify({ ...rest, head, horizon, serial, settled: state })
    })
    if (one !== other) throw new Violation(`${one}\n  and, in another order,\n${other}`)
  }
}
