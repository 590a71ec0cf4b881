import { expect, test } from 'vitest'
import { objectTreeOf } from './naive.ts'
import { stateOf } from './oracle.ts'
import { run } from './run.ts'
import { parseStep } from './schedule.ts'

/** One answer that many others overtake. */
function overtaken(times: number): { kept: boolean; hits: number } {
  const others = Array.from({ length: times }, (_, i) => i + 2)
  const steps = [
    'send 0 set a',
    'answer 0',
    'send 1 set late',
    'commit 1',
    ...others.flatMap((n) => [`+0.5s send ${n} inc hits`, `answer ${n}`]),
    'answer 1',
    '+0.5s send 999 read',
  ]
  const { oracle, last } = run(
    { seed: 1, idle: 1800, filler: 0, steps: steps.map(parseStep) },
    { late: true, overtaken: true },
  )
  const [session] = oracle.sessions.values()
  if (!session) throw new Error('There is no session.')
  const state = stateOf(session, last)
  const { hits = 0, late } = objectTreeOf(state)
  return { kept: late !== undefined, hits: Number(hits) }
}

test('an answer that 38 other writes overtake is kept', () => {
  expect(overtaken(38)).toEqual({ kept: true, hits: 38 })
})

test('an answer that more writes overtake than stay unsettled may be lost, and nothing else is', () => {
  expect(overtaken(90).hits).toBe(90)
})
