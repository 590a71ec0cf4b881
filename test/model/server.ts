/**
 * A node that serves requests, and a browser: as thin as the real ones would be without HTTP. So the jar is a plain
 * Map, not a `BrowserJar`: the model is about what cookies say, not about what browsers do with their attributes.
 */

import { gather } from '../../src/log/bursts/gather.ts'
import type { RecentWrites } from '../../src/log/bursts/recent.ts'
import { diff } from '../../src/log/diff/diff.ts'
import { decodeClaims, encodeClaims } from '../../src/log/format/claims.ts'
import { type Fragment, logOf, type Op } from '../../src/log/format/fragment.ts'
import type { RandomBytes } from '../../src/log/format/ids.ts'
import { planEnd, planRegenerate, planStart } from '../../src/log/lives/lifecycle.ts'
import { type Current, merge, type View } from '../../src/log/reading/merge.ts'
import { planWrite } from '../../src/log/writing/plan.ts'
import type { Plan } from '../../src/log/writing/write.ts'
import { newestTimeOf } from '../../src/opening/lifetime.ts'
import { toBase64Url } from '../../src/tree/bytes.ts'
import { toPointer } from '../../src/tree/pointer.ts'
import type { Tree, TreeObject } from '../../src/tree/tree.ts'
import { type Action, isWriting } from './actions.ts'
import { type Effect, isTold, performAll } from './effects.ts'
import { BAG, copyOf, type NaiveObject, objectTreeOf } from './naive.ts'

/** The rules under test, so that a mutant can take the place of each. */
export const rules = {
  merge,
  diff,
  planWrite,
  gather,
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
  readonly initial: TreeObject
  readonly random: RandomBytes
}

/** A request that a node has opened. */
export interface Opened {
  readonly view: View
  /** Ids of cookies that are of no use any more. */
  readonly useless: readonly string[]
  /** The node's clock then. */
  readonly now: number
  /** Whether the browser withheld its cookies. */
  readonly isWithheld?: boolean
  /** Keys whose values cannot be had now. */
  readonly hidden?: ReadonlySet<string>
  /** What the node remembers of its own writes; nothing without it. */
  readonly recent?: RecentWrites
}

/** What an answer does to the jar. */
export interface Answer {
  readonly put: readonly Fragment[]
  readonly texts: readonly (readonly [id: string, text: string])[]
  readonly remove: readonly string[]
}

/** What the handler of a request saw and did. */
export interface Done {
  readonly action: Action
  readonly sees: NaiveObject
  readonly effects: readonly Effect[]
}

const WAITING_MS = 300_000

/** Like a real node, this one remembers what it opened. */
const seen = new WeakMap<Jar, Map<string, Fragment>>()

function fragmentsOf(rules: Rules, jar: Jar): Fragment[] {
  const known = seen.get(jar) ?? new Map<string, Fragment>()
  seen.set(jar, known)
  return [...jar].map(([id, text]) => {
    const fragment = known.get(text) ?? rules.decodeClaims(text)
    if (!fragment || fragment.id !== id)
      throw new Error(`The jar holds what nobody can read: ${text}`)
    known.set(text, fragment)
    return fragment
  })
}

export function open(rules: Rules, jar: Jar, clock: number): Opened {
  const fragments = fragmentsOf(rules, jar)
  const now = Math.max(clock, ...fragments.map(newestTimeOf))
  const useless: string[] = []
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
  opened: Opened,
  done: Done,
  now: number,
  settings: Settings,
): Answer | undefined {
  const { useless } = opened
  const plan = planFor(rules, opened, done, Math.max(now, opened.now), settings)
  if (!plan) return undefined
  const texts = plan.put.map((fragment) => [fragment.id, rules.encodeClaims(fragment)] as const)
  const kept = new Set(texts.map(([id]) => id))
  const remove = [...plan.remove.map(({ id }) => id), ...useless].filter((id) => !kept.has(id))
  return { put: plan.put, texts, remove }
}

function planFor(
  rules: Rules,
  { view, now: arrivedAt, isWithheld = false, recent }: Opened,
  done: Done,
  now: number,
  { idle, absolute, random }: Settings,
): Plan | undefined {
  const { current } = view
  const { action, sees, effects } = done
  const before = current?.base.identity.subject
  const subject = action.kind === 'login' ? action.subject : before
  const start = () => ({
    sid: toBase64Url(random(16)),
    state: objectTreeOf(stateAfter(sees, effects)),
    subject,
    isLogin: action.kind === 'login',
    isWithheld,
    now,
    arrivedAt,
    idle,
    absolute,
    random,
  })
  if (action.kind === 'destroy') {
    const isThere = view.fragments.some(({ kind }) => kind !== 'tombstone')
    return isThere
      ? rules.planEnd(view, { now, arrivedAt, expires: now + absolute, random })
      : undefined
  }
  if (!current) {
    if (action.kind === 'read') return undefined
    if (effects.length === 0 && isWriting(action)) return undefined
    return alone(rules.planStart(view, start()), random)
  }
  const ends = current.base.identity.start + absolute
  if (action.kind === 'login' || action.kind === 'regenerate')
    return rules.planRegenerate(view, current, start())
  const renewed = Math.floor(Math.min(now + idle, ends) / 1000) * 1000
  const renew = renewed - current.expires >= idle / 10
  const expires = Math.max(current.expires, renewed)
  const ops = opsOf(done, current, arrivedAt, rules.diff)
  if (ops.length === 0 && !renew) return undefined
  const plan = rules.planWrite(current, {
    ops,
    now,
    arrivedAt,
    expires,
    reseal: false,
    most: 4000,
    random,
  })
  return recent ? rules.gather(current, plan, recent, now).plan : plan
}

/** A plan whose session is no sibling of others: what the first requests of a page do has a model of its own. */
function alone({ put, remove }: Plan, random: RandomBytes): Plan {
  const mark = toBase64Url(random(6))
  const apart = (fragment: Fragment): Fragment => ({
    ...fragment,
    identity: { ...fragment.identity, from: [...fragment.identity.from, mark] },
  })
  return { put: put.map(apart), remove }
}

/** The state that a request leaves, as it sees it. */
export function stateAfter(sees: NaiveObject, effects: readonly Effect[]): NaiveObject {
  const state = copyOf(sees)
  performAll(state, effects)
  const bag = state.members.get(BAG)
  for (const effect of effects) {
    if (effect.does !== 'bag' || bag?.kind !== 'bag') continue
    bag.values = retagged(bag.values, effect)
  }
  return state
}

function retagged(
  values: readonly Tree[],
  { value, by, isFirst, all }: Extract<Effect, { does: 'bag' }>,
): readonly Tree[] {
  if (by > 0) return isFirst ? [value, ...values] : [...values, value]
  const first = values.indexOf(value)
  return values.filter((each, i) => each !== value || (!all && i !== first))
}

/** Some changes are told by the handler; all others are found by comparing. */
function opsOf({ sees, effects }: Done, current: Current, now: number, compare: typeof diff): Op[] {
  const found = effects.filter((effect) => !isTold(effect))
  const after = objectTreeOf(stateAfter(sees, found))
  const ops = compare(current.state, after, { memory: current.memory, now })
  const told = effects.filter(isTold).map((effect): Op => {
    const path = toPointer(effect.path.split('.'))
    if (effect.does === 'add') return { kind: 'increment', path, by: effect.by }
    if (effect.does === 'once') return { kind: 'once', path: effect.path }
    return { kind: 'advance', path, value: effect.value }
  })
  return [...ops, ...told]
}
