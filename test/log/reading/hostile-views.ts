/** Views to which something hostile is added: a base, an honest log, and what a response makes of them. */
import { expect } from 'vitest'
import type { Fragment, Log, Op } from '../../../src/log/format/fragment.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import type { Write } from '../../../src/log/writing/write.ts'
import { seeded } from '../../support/random.ts'
import { answered, bytesOf } from '../writing/lives.ts'
import { baseOf, fragment, idOf, START } from './histories.ts'

export const NOW = START + 60_000
export const base = fragment('base0000', { base: baseOf({ base: true }) })
export const set = (path: string): Op => ({ kind: 'set', path, value: 1 })

/** A cookie with the log of one entry, which sets a path of its own. */
export function delta(
  n: number,
  more: Partial<Log> = {},
  ops = [set(`p${n}`)],
  id = idOf(n),
): Fragment {
  const entries = [{ id, ops }]
  return fragment(id, {
    log: { since: idOf(0), parents: [], heads: [id], retired: [], entries, ...more },
  })
}

export const honest = delta(1)
export const rest = { base: true, p1: 1 }

export function write(ops: readonly Op[]): Write {
  const expires = Math.floor(NOW / 1000 + 1800) * 1000
  const random = bytesOf(seeded(1))
  return { ops, now: NOW, arrivedAt: NOW, expires, reseal: false, most: 4000, random }
}

/** Plans a write onto these fragments, and gives what the jar shows then. */
export function written(fragments: readonly Fragment[]) {
  const { current } = merge(fragments, NOW)
  if (!current) return expect.fail('there is no session')
  const plan = planWrite(current, write([set('written')]))
  return merge(answered(fragments, plan), NOW).current?.state
}
