/** A new id for a session that does not fit into one base, or that waits for values of the overflow store. */

import { toPointer } from '../../tree/pointer.ts'
import { child, type TreeObject, withOrWithout, withoutChild } from '../../tree/tree.ts'
import {
  type BaseFragment,
  type Entry,
  type Fragment,
  LIFE_KEY,
  type Op,
} from '../format/fragment.ts'
import { timeCode } from '../format/id-chain.ts'
import { entryId, lastIdAt, type RandomBytes, timeOf } from '../format/ids.ts'
import { sealedFragmentLength } from '../format/length.ts'
import { withoutTaken } from '../reading/base.ts'
import { type Current, newestIdOf, type View } from '../reading/merge.ts'
import type { Plan } from '../writing/write.ts'
import { planRegenerate, type Start } from './lifecycle.ts'

/**
 * As `planRegenerate`: the fragments go on under the new id, with what the request changes beside them.
 *
 * @param most - how many characters the value of a cookie may have
 */
export function planTransplant(
  view: View,
  current: Current,
  start: Start,
  ops: readonly Op[],
  most: number,
): Plan {
  const planned = planRegenerate(view, current, start)
  const [{ identity, expires } = current.base] = planned.put
  const { random, now } = start
  const { base, moved } = split(
    withLifeOf(start, current),
    { identity, expires },
    random,
    now,
    most,
  )
  const { horizon: since } = base
  const log = (id: string, entry: Entry, parents: readonly string[]): Fragment => ({
    kind: 'log',
    ...{ id, identity, expires },
    log: { since, parents, heads: [entry.id], retired: [], entries: [entry] },
  })
  // The new base has no log that tells what the old one has taken.
  const logs = current.fragments.flatMap((fragment) => withoutTaken(fragment, current.base) ?? [])
  const put: Fragment[] = [
    base,
    ...(moved ? [log(entryId(now, random), moved, [])] : []),
    ...logs.map(
      (each): Fragment => ({
        kind: 'log',
        ...{ id: entryId(now, random), identity, expires },
        log: each,
      }),
    ),
  ]
  if (ops.length > 0) {
    const id = entryId(Math.max(now, timeOf(newestIdOf(current)) + 1), random)
    const parents = [...current.heads, ...(moved ? [moved.id] : [])]
    put.push(log(id, { id, ops }, parents))
  }
  return { put, remove: planned.remove }
}

/**
 * The base with what the session tells of its life: not in a cookie of its own, since whoever withholds that must not
 * become younger.
 */
function withLifeOf({ state }: Start, { base }: Current): BaseFragment {
  const life = child(state, LIFE_KEY)
  return { ...base, state: withOrWithout(base.state, LIFE_KEY, life) }
}

/** A base that fits under its new identity: what has no room stands in an entry that comes before all others. */
function split(
  base: BaseFragment,
  common: Pick<BaseFragment, 'identity' | 'expires'>,
  random: RandomBytes,
  now: number,
  most: number,
): { base: BaseFragment; moved: Entry | undefined } {
  const whole = { ...base, ...common, id: entryId(now, random), log: undefined }
  const length = (key: string) => JSON.stringify(child(base.state, key)).length
  const keys = Object.keys(base.state)
    .filter((key) => key !== LIFE_KEY)
    .sort((a, b) => length(a) - length(b))
  let state: TreeObject = base.state
  const ops: Op[] = []
  for (const key of keys) {
    if (sealedFragmentLength({ ...whole, state }) <= most) break
    ops.push({ kind: 'set', path: toPointer([key]), value: child(state, key) ?? null })
    state = withoutChild(state, key)
  }
  const id = firstIdAfter(base.horizon)
  return { base: { ...whole, state }, moved: ops.length > 0 ? { id, ops } : undefined }
}

function firstIdAfter(horizon: string): string {
  const last = lastIdAt(timeOf(horizon))
  return horizon < last ? last : `${timeCode(timeOf(horizon) + 1)}00000`
}
