/**
 * A node that serves requests, and a browser: as thin as the real ones would be without HTTP. So the jar is a plain
 * Map, not a `BrowserJar`: the model is about what cookies say, not about what browsers do with their attributes.
 */

import { decodeClaims, encodeClaims } from '../../src/log/format/claims.ts'
import { type Fragment, logOf, type Op } from '../../src/log/format/fragment.ts'
import type { RandomBytes } from '../../src/log/format/ids.ts'
import { diff } from '../../src/log/ops/diff.ts'
import { merge, type View } from '../../src/log/reading/merge.ts'
import { planEnd, planRegenerate, planStart } from '../../src/log/writing/lifecycle.ts'
import { planWrite } from '../../src/log/writing/plan.ts'
import type { Plan } from '../../src/log/writing/write.ts'
import { toBase64Url } from '../../src/tree/bytes.ts'
import { toPointer } from '../../src/tree/pointer.ts'
import type { Action } from './actions.ts'
import { type Effect, flatten, perform, unflatten } from './naive.ts'

/** The rules under test, so that a mutant can take the place of each. */
export const rules = {
  merge,
  diff,
  planWrite,
  planStart,
  planRegenerate,
  planEnd,
  encodeClaims,
  decodeClaims,
}
export type Rules = typeof rules

/** A browser's jar: the texts of our cookies by their ids. */
export type Jar = ReadonlyMap<string, string>

export interface Settings {
  /** The idle and the absolute timeout, in ms. */
  readonly idle: number
  readonly absolute: number
  readonly initial: Readonly<Record<string, string | number | readonly string[]>>
  readonly random: RandomBytes
}

/** A request that a node has opened. */
export interface Opened {
  readonly view: View
  /** Ids of cookies that are of no use any more. */
  readonly useless: readonly string[]
  /** The node's clock then. */
  readonly now: number
}

/** What an answer does to the jar. */
export interface Answer {
  readonly put: readonly Fragment[]
  readonly texts: readonly (readonly [id: string, text: string])[]
  readonly remove: readonly string[]
}

const WAITING_MS = 300_000

export function open(rules: Rules, jar: Jar, now: number): Opened {
  const fragments: Fragment[] = []
  const useless: string[] = []
  for (const [id, text] of jar) {
    const fragment = rules.decodeClaims(text)
    if (!fragment || fragment.id !== id)
      throw new Error(`The jar holds what nobody can read: ${text}`)
    fragments.push(fragment)
  }
  const view = rules.merge(fragments, now)
  for (const { fragment, reason } of view.dropped) {
    const newest = Number.parseInt((logOf(fragment)?.entries.at(-1)?.id ?? '0').slice(0, 8), 36)
    // The parents of a log may be on their way, and what has expired here may live for another node.
    const waits =
      (reason === 'orphaned' && now - newest <= WAITING_MS) ||
      (reason === 'expired' && now - fragment.expires <= WAITING_MS)
    if (!waits) useless.push(fragment.id)
  }
  return { view, useless, now }
}

/** Answers a request. `undefined` where there is nothing to write. */
export function commit(
  rules: Rules,
  { view, useless, now: arrivedAt }: Opened,
  action: Action,
  effects: readonly Effect[],
  now: number,
  settings: Settings,
): Answer | undefined {
  const plan = planFor(rules, view, arrivedAt, action, effects, now, settings)
  if (!plan) return undefined
  const texts = plan.put.map((fragment) => [fragment.id, rules.encodeClaims(fragment)] as const)
  const kept = new Set(texts.map(([id]) => id))
  const remove = [...plan.remove.map(({ id }) => id), ...useless].filter((id) => !kept.has(id))
  return { put: plan.put, texts, remove }
}

function planFor(
  { diff, ...rules }: Rules,
  view: View,
  arrivedAt: number,
  action: Action,
  effects: readonly Effect[],
  now: number,
  { idle, absolute, initial, random }: Settings,
): Plan | undefined {
  const { current } = view
  const before = current?.state ?? initial
  const after = flatten(before)
  for (const effect of effects) perform(after, effect)
  const subject = action.kind === 'login' ? action.subject : current?.base.head.subject
  const start = () => ({
    sid: toBase64Url(random(16)),
    state: unflatten(after),
    subject,
    now,
    arrivedAt,
    idle,
    absolute,
    random,
  })
  if (!current) {
    if (action.kind === 'read' || action.kind === 'destroy') return undefined
    if (effects.length === 0 && 'path' in action) return undefined
    return rules.planStart(view, start(), action.kind === 'login' ? 1 : 0)
  }
  const ends = current.base.head.start + absolute
  if (action.kind === 'destroy')
    return rules.planEnd(view, current, { now, arrivedAt, expires: now + absolute, random })
  if (action.kind === 'login' || action.kind === 'regenerate')
    return rules.planRegenerate(view, current, start())
  const renewed = Math.floor(Math.min(now + idle, ends) / 1000) * 1000
  const renew = renewed - current.expires >= idle / 10
  const expires = Math.max(current.expires, renewed)
  const ops = opsOf(effects, flatten(before), diff)
  if (ops.length === 0 && !renew) return undefined
  return rules.planWrite(current, {
    ops,
    now,
    arrivedAt,
    expires,
    reseal: false,
    most: 4000,
    random,
  })
}

/** Increments are told by the handler; all else is found by comparing. */
function opsOf(
  effects: readonly Effect[],
  state: ReturnType<typeof flatten>,
  compare: typeof diff,
): Op[] {
  const before = unflatten(state)
  const increments: Op[] = []
  for (const effect of effects) {
    if (effect.does === 'add')
      increments.push({ kind: 'increment', path: toPointer(effect.path.split('.')), by: effect.by })
    else perform(state, effect)
  }
  return [...compare(before, unflatten(state)), ...increments]
}
