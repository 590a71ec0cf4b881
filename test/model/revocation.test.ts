/** The promises of merging, where sessions are watched: what is written carries the time of a check with it. */
import { describe, expect, test } from 'vitest'
import { lifeOf, withLife } from '../../src/data/keys.ts'
import { diff } from '../../src/log/diff/diff.ts'
import { type Fragment, LIFE_KEY } from '../../src/log/format/fragment.ts'
import type { Current } from '../../src/log/reading/merge.ts'
import { planWrite } from '../../src/log/writing/plan.ts'
import type { Plan, Write } from '../../src/log/writing/write.ts'
import { checkText, checkTime } from '../../src/revocation/marks.ts'
import { withoutChild } from '../../src/tree/tree.ts'
import { LONG_MS, runs, SEED } from './budget.ts'
import { search } from './check.ts'
import { busy, changing, slow } from './kinds.ts'
import { type Rules, rules } from './server.ts'

const LAG_MS = 60_000

/** As a commit does: the op goes along with what is written, once the last one is old enough. */
function checked(current: Current, write: Write): Write {
  const life = lifeOf(current.state)
  const isDue = write.now - checkTime(life.checked, '') >= LAG_MS / 2
  if (write.ops.length === 0 || !isDue) return write
  const after = { ...life, checked: checkText({ at: write.now, coverage: '' }) }
  return { ...write, ops: [...write.ops, ...diff(withLife({}, life), withLife({}, after))] }
}

/** The rules, and how many checks were told. */
function watched(): Rules & { told: number; shown: number; wrong: number } {
  const times = new Set<number>()
  const own = {
    ...rules,
    told: 0,
    shown: 0,
    wrong: 0,
    planWrite(current: Current, write: Write): Plan {
      const more = checked(current, write)
      if (more !== write) {
        own.told++
        times.add(Math.floor(write.now / 1000) * 1000)
      }
      return planWrite(current, more)
    },
    merge(
      fragments: readonly Fragment[],
      now: number,
      ...rest: [boolean?, (readonly Fragment[])?]
    ) {
      const view = rules.merge(fragments, now, ...rest)
      const { current } = view
      if (!current) return view
      const { checked: text } = lifeOf(current.state)
      if (text !== undefined) {
        own.shown++
        // Whatever was merged: it is the time of a check that was made.
        if (!times.has(checkTime(text, ''))) own.wrong++
      }
      // The model's own words for what a session holds know nothing of it.
      return { ...view, current: { ...current, state: withoutChild(current.state, LIFE_KEY) } }
    },
  }
  return own
}

/** What the model does not see has to be seen where it is planned: so the view is merged once more. */
function seeing(): ReturnType<typeof watched> {
  const own = watched()
  const states = new WeakMap<Current, Current['state']>()
  const { merge, planWrite: plan } = own
  return Object.assign(own, {
    merge(...args: Parameters<Rules['merge']>) {
      const whole = rules.merge(...args).current
      const view = merge(...args)
      if (whole && view.current) states.set(view.current, whole.state)
      return view
    },
    planWrite(current: Current, write: Write) {
      return plan({ ...current, state: states.get(current) ?? current.state }, write)
    },
  })
}

describe('with checks sealed along with writes', { timeout: LONG_MS }, () => {
  test.each([
    ['busy', busy],
    ['slow', slow],
    ['changing', changing],
  ] as const)(
    '%s schedules: no write is lost, each counts once, and what is over stays over',
    (_, kind) => {
      const own = seeing()
      expect(search(kind, runs(1000), SEED + 7, { rules: own })?.text).toBeUndefined()
      expect(own.told).toBeGreaterThan(runs(1000))
      expect(own.shown).toBeGreaterThan(own.told)
      expect(own.wrong).toBe(0)
    },
  )
})
