import { describe, expect, test } from 'vitest'
import type { Fragment } from '../../../src/log/format/fragment.ts'
import { entryId } from '../../../src/log/format/ids.ts'
import { sealedFragmentLength } from '../../../src/log/format/length.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import { seeded } from '../../support/random.ts'
import { START } from '../../support/visitor.ts'
import { answered } from './lives.ts'

const PATHS = 10
const MOST = 4000

/** The jar after each of many writes, one at a time. */
function* calmLife(bytes: number, everyMs: number, writes: number): Generator<readonly Fragment[]> {
  const random = seeded(bytes + everyMs)
  const randomBytes = (count: number) => Uint8Array.from({ length: count }, () => random.below(256))
  const id = entryId(START, randomBytes)
  const state = { filler: 'x'.repeat(bytes - 20 * PATHS) }
  const first: Fragment = {
    id,
    identity: { sid: 'A'.repeat(22), start: START, generation: 1, from: [], subject: undefined },
    expires: START + 43_200_000,
    kind: 'base',
    horizon: id,
    state,
    serial: 0,
    memory: undefined,
    log: undefined,
  }
  let jar: readonly Fragment[] = [first]
  for (let i = 1; i <= writes; i++) {
    const arrivedAt = START + i * everyMs
    const { current } = merge(jar, arrivedAt)
    if (!current) throw new Error('the session is lost')
    const path = `k${random.below(PATHS)}`
    const plan = planWrite(current, {
      ops: [{ kind: 'set', path, value: `value${random.below(1000)}` }],
      now: arrivedAt + random.below(150),
      arrivedAt,
      expires: current.expires,
      reseal: false,
      most: MOST,
      random: randomBytes,
    })
    jar = answered(jar, plan)
    yield jar
  }
}

describe('a session that is written by one request at a time, for an hour', () => {
  test.each([
    [300, 1000],
    [300, 7000],
    [1000, 5000],
    [1740, 3000],
    [1740, 7000],
    [1850, 5000],
    [1900, 5000],
    [1950, 5000],
    [2500, 1000],
    [2500, 7000],
  ])('of %i bytes, every %i ms, stays under 8 KB and in few cookies', (bytes, everyMs) => {
    let most = 0
    let longest = 0
    for (const jar of calmLife(bytes, everyMs, 3_600_000 / everyMs)) {
      most = Math.max(most, jar.length)
      const length = jar.reduce((sum, each) => sum + sealedFragmentLength(each) + 40, 0)
      longest = Math.max(longest, length)
    }
    expect(most).toBeLessThanOrEqual(8)
    expect(longest).toBeLessThan(8192)
  })
})
