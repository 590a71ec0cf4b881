import { expect, test } from 'vitest'
import { LONG_MS, runs, SEED } from './budget.ts'
import { search } from './check.ts'
import { usual } from './kinds.ts'
import { Violation } from './oracle.ts'
import { run } from './run.ts'
import { parseStep } from './schedule.ts'

/** What Node takes of all headers together. */
const MOST_BYTES = 16_384

test('with up to 12 requests in flight the Cookie header stays below what Node takes', {
  timeout: LONG_MS,
}, () => {
  const also = ({ headerBytes }: { headerBytes: number }) => {
    if (headerBytes > MOST_BYTES)
      throw new Violation(`the Cookie header takes ${headerBytes} bytes`)
  }
  expect(search(usual, runs(1000), SEED, { also })?.text).toBeUndefined()
})

test('12 writes at once after a pause, when all of them have to renew, do not write 12 bases', () => {
  const requests = Array.from({ length: 12 }, (_, i) => i + 1)
  const steps = [
    'send 0 set a',
    'answer 0',
    ...requests.map((n) => `+${n === 1 ? 200 : 0.1}s send ${n} set c${n}`),
    ...requests.map((n) => `+0.3s answer ${n}`),
  ]
  const schedule = { seed: 1, idle: 1800, filler: 1600, steps: steps.map(parseStep) }
  expect(run(schedule).headerBytes).toBeLessThan(10_000)
})
