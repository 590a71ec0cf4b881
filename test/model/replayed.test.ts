/** A client that keeps all cookies it ever got, and makes requests with whatever part of them it likes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fragment } from '../../src/log/format/fragment.ts'
import { type RandomBytes, startId } from '../../src/log/format/ids.ts'
import type { View } from '../../src/log/reading/merge.ts'
import type { Plan } from '../../src/log/writing/write.ts'
import { newestTimeOf } from '../../src/opening/lifetime.ts'
import { toBase64Url } from '../../src/tree/bytes.ts'
import { seeded } from '../support/random.ts'
import { LONG_MS, runs, SEED } from './budget.ts'
import { type LifeRules, lifeRules } from './lives.ts'
import { Violation } from './oracle.ts'

interface Request {
  readonly after: number
  /** Which of its cookies it sends: bit n stands for the nth. */
  readonly sends: bigint
  readonly deed: 'count' | 'count' | 'ada' | 'bob' | 'logout' | 'regenerate'
}

const START_MS = 1_763_800_000_000
const MINUTE_MS = 60_000

/** @throws Violation */
function replayed(requests: readonly Request[], seed: number, rules: LifeRules): number {
  const drawn = seeded(seed)
  const random: RandomBytes = (count) => Uint8Array.from({ length: count }, () => drawn.below(256))
  const cookies: Fragment[] = []
  let now = START_MS
  requests.forEach(({ after, sends, deed }, n) => {
    now += after * 1000
    // A jar holds one cookie of each name.
    const sent = cookies.filter((_, i) => (sends >> BigInt(i)) & 1n)
    const fragments = [...new Map(sent.map((each) => [each.id, each])).values()]
    const arrivedAt = Math.max(now, ...fragments.map(newestTimeOf))
    const view = rules.merge(fragments, arrivedAt)
    check(view)
    cookies.push(...(planned(rules, view, deed, n, arrivedAt, random)?.put ?? []))
  })
  // All that it has, at once.
  check(rules.merge([...new Map(cookies.map((each) => [each.id, each])).values()], now))
  return cookies.length
}

/** Each request counts 1 under a key of its own, which also tells who wrote it. */
function check({ current, tombstones }: View): void {
  if (!current) return
  const { sid, subject } = current.base.identity
  for (const [key, value] of Object.entries(current.state)) {
    if (value !== 1) throw new Violation(`${key} counts ${JSON.stringify(value)} times`)
    const owner = key.split(' ')[1]
    if (owner !== 'anyone' && owner !== subject)
      throw new Violation(`what ${owner} wrote shows to ${subject ?? 'nobody'}`)
  }
  if (tombstones.some(({ identity }) => identity.sid === sid))
    throw new Violation('a session that had ended is back')
}

function planned(
  rules: LifeRules,
  view: View,
  deed: Request['deed'],
  n: number,
  now: number,
  random: RandomBytes,
): Plan | undefined {
  const { current } = view
  const common = { now, arrivedAt: now, random }
  if (deed === 'logout')
    return view.fragments.length > 0
      ? rules.planEnd(view, { ...common, expires: now + 240 * MINUTE_MS })
      : undefined
  const before = current?.base.identity.subject
  const isLogin = deed === 'ada' || deed === 'bob'
  const subject = isLogin ? deed : before
  const isAnew = isLogin && before !== undefined && before !== deed
  const start = {
    ...{ ...common, sid: toBase64Url(random(16)), subject, isLogin },
    state: current && !isAnew ? current.state : {},
    ...{ idle: 120 * MINUTE_MS, absolute: 240 * MINUTE_MS },
  }
  const ops = [{ kind: 'increment', path: `n${n} ${before ?? 'anyone'}`, by: 1 } as const]
  if (!current) return rules.planStart(view, start, isLogin ? [] : ops)
  if (deed !== 'count') return rules.planRegenerate(view, current, start)
  const expires = now + 120 * MINUTE_MS
  return rules.planWrite(current, { ...common, ops, expires, reseal: false, most: 4000 })
}

const request: fc.Arbitrary<Request> = fc.record({
  after: fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 9 }), weight: 8 },
    { arbitrary: fc.integer({ min: 10, max: 400 }), weight: 2 },
  ),
  sends: fc.oneof(
    { arbitrary: fc.constant(0n), weight: 1 },
    { arbitrary: fc.bigInt({ min: 0n, max: 2n ** 40n }), weight: 3 },
    { arbitrary: fc.bigInt({ min: 0n, max: 63n }), weight: 2 },
  ),
  deed: fc.constantFrom(
    'count',
    'count',
    'count',
    'count',
    'count',
    'ada',
    'bob',
    'logout',
    'regenerate',
  ),
})

function broken(count: number, rules: LifeRules = lifeRules): string | undefined {
  const property = fc.property(
    fc.array(request, { minLength: 2, maxLength: 24, size: 'max' }),
    fc.noShrink(fc.nat()),
    (requests, seed) => {
      replayed(requests, seed, rules)
    },
  )
  const details = fc.check(property, {
    numRuns: count,
    seed: SEED,
    endOnFailure: rules !== lifeRules,
  })
  return details.failed
    ? `${details.errorInstance}\n${fc.stringify(details.counterexample)}`
    : undefined
}

test('whatever cookies a client keeps and sends, nothing counts twice, no user sees what another wrote, and what has ended stays so', {
  timeout: LONG_MS,
}, () => {
  expect(broken(runs(10_000))).toBeUndefined()
})

test('what has settled would count twice if its base told nothing of it', {
  timeout: LONG_MS,
}, () => {
  const forgetful: LifeRules = {
    ...lifeRules,
    // Every base pretends to be the first one of its session.
    merge: (fragments, now) =>
      lifeRules.merge(
        fragments.map((each) =>
          each.kind === 'base' ? { ...each, horizon: startId(each.identity) } : each,
        ),
        now,
      ),
  }
  expect(broken(10_000, forgetful)).toBeDefined()
})
