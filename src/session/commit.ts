/** From what a request changed to Set-Cookie headers. */

import { withReserved, withVersion } from '../data/keys.ts'
import { OverflowUnavailable } from '../errors.ts'
import type { SessionEvent } from '../events.ts'
import { deltaBudget, fittingOps, stowState } from '../fit/check-in.ts'
import { HEAD_BYTES, type Room, requireFit, sizeIn } from '../fit/fit.ts'
import { fits, planFitting } from '../fit/plan.ts'
import { LATE_SECONDS } from '../log/format/clocks.ts'
import { isBase, type SessionIdentity, SID_PREFIX_LENGTH } from '../log/format/fragment.ts'
import type { RandomBytes } from '../log/format/ids.ts'
import { applyOps } from '../log/ops/replay.ts'
import type { Current } from '../log/reading/merge.ts'
import { planEnd, planRegenerate, planStart, type Start } from '../log/writing/lifecycle.ts'
import { planTransplant } from '../log/writing/transplant.ts'
import type { Plan, Write } from '../log/writing/write.ts'
import type { Changes } from '../shown/changes.ts'
import { fetchAll } from '../shown/stored.ts'
import { utf8Length } from '../tree/bytes.ts'
import { equal, type TreeObject } from '../tree/tree.ts'
import type { Draft } from './draft.ts'
import { endOf, isRenewalDue, renewedUntil } from './lifetime.ts'
import { mostIn, setCookies } from './set-cookies.ts'
import { checkSchema, isUnchecked, versioned } from './valid.ts'

/** What a commit is. */
type Outcome =
  | { readonly kind: 'nothing' }
  /** The session ends; there may be one that this node cannot read. */
  | { readonly kind: 'end'; readonly ended: Current | undefined }
  /** A session starts. */
  | { readonly kind: 'start'; readonly after: TreeObject }
  /** The session goes on under a new id. */
  | {
      readonly kind: 'new-id'
      readonly current: Current
      readonly after: TreeObject
      readonly changes: Changes
    }
  /** Its data changes, or it is only renewed. A change renews it as well where that is due. */
  | {
      readonly kind: 'change' | 'renew'
      readonly current: Current
      readonly after: TreeObject
      readonly changes: Changes
      readonly isDue: boolean
    }

/** A time and a source of random bytes. */
interface Moment {
  readonly now: number
  readonly random: RandomBytes
}

interface Planned {
  readonly plan: Plan
  readonly events: readonly SessionEvent[]
}

/**
 * The Set-Cookie headers that save what changed; none where nothing did.
 *
 * @throws ValueError, SessionTooLarge, OverflowUnavailable: nothing is saved, the old state is whole
 */
export async function commitDraft(draft: Draft, random: RandomBytes): Promise<readonly string[]> {
  const { options, oldSecret } = draft.opened
  const now = options.clock()
  // Before anything is awaited: what is changed later than this is not part of the commit.
  const outcome = classify(draft, now)
  if (outcome.kind === 'nothing') return []
  const { plan, events } = await planOutcome(draft, outcome, { now, random })
  const lines = await setCookies(draft, plan, now)
  for (const event of events) options.emit(event)
  const bytes = lines.reduce((sum, line) => sum + utf8Length(line), 0)
  const cookies = plan.put.length
  options.emit({ type: 'committed', bytes, cookies, deleted: lines.length - cookies })
  if (oldSecret && plan.put.some(isBase)) options.emit({ type: 'rotated' })
  return lines
}

/** @throws ValueError */
function classify(draft: Draft, now: number): Outcome {
  const { current, isReplaced, opened } = draft
  if (draft.intent === 'end') {
    // What this node cannot read may be a session: it ends as well.
    const ended = current ?? opened.setAside
    return ended || opened.view.unread ? { kind: 'end', ended } : { kind: 'nothing' }
  }
  const after = draft.after()
  if (!current)
    return !isReplaced && draft.onceKeys.length === 0 && equal(after, draft.shown())
      ? { kind: 'nothing' }
      : { kind: 'start', after }
  const { start } = current.base.identity
  const isDue = isRenewalDue(now, start, current.expires, opened.options)
  const writes = isDue || isReplaced
  const changes = versioned(draft, draft.changesTo(after, writes), writes)
  if (isReplaced) return { kind: 'new-id', current, after, changes }
  const isChanged = changes.earlier.length + changes.ops.length > 0
  if (!isChanged && !isDue) return { kind: 'nothing' }
  return { kind: isChanged ? 'change' : 'renew', current, after, changes, isDue }
}

function planOutcome(
  draft: Draft,
  outcome: Exclude<Outcome, { kind: 'nothing' }>,
  moment: Moment,
): Planned | Promise<Planned> {
  switch (outcome.kind) {
    case 'end':
      return end(draft, outcome.ended, moment)
    case 'start':
      return startNew(draft, outcome.after, moment)
    case 'new-id':
      return goOn(draft, outcome, moment)
    case 'change':
    case 'renew':
      return change(draft, outcome, moment)
  }
}

function end({ opened }: Draft, ended: Current | undefined, { now, random }: Moment): Planned {
  const { view, arrivedAt, options } = opened
  // A slower request may just have given it a new id, and with it another life.
  const expires = endOf(now + LATE_SECONDS * 1000, options)
  const plan = planEnd(view, ended, { now, arrivedAt, expires, random })
  return { plan, events: [{ type: 'destroyed' }] }
}

async function startNew(draft: Draft, after: TreeObject, moment: Moment): Promise<Planned> {
  const { view, options } = draft.opened
  await checkSchema(draft, after)
  const wanted = applyOps(withVersion(after, options.migration?.version ?? 0), draft.onceKeys)
  const room = roomFor(draft, undefined, moment)
  requireFit(room, undefined, wanted)
  const state = await stowState(room, wanted, undefined)
  const plan = planStart(view, startOf(draft, state, moment), draft.isReplaced ? 1 : 0)
  return { plan, events: [{ type: 'created' }] }
}

async function goOn(
  draft: Draft,
  { current, after, changes }: Extract<Outcome, { kind: 'new-id' }>,
  moment: Moment,
): Promise<Planned> {
  const events: SessionEvent[] = [{ type: 'regenerated' }]
  if (changes.ops.length > 0) await checkSchema(draft, after, changes.ops)
  const room = roomFor(draft, undefined, moment)
  const { view, depot } = draft.opened
  // The session will live longer than what it has in the store: that is put there anew. What the store does not have
  // now keeps its claim check, since a login must not fail for it.
  const stored = await fetchAll(draft.stored, depot, new Map())
  const ops = [...changes.earlier, ...changes.ops]
  const before = withReserved(stored.state, draft.opened.shown.state)
  const wanted = applyOps(before, ops, stored.memory)
  requireFit(room, applyOps(before, changes.earlier, stored.memory), wanted)
  const start = startOf(draft, wanted, moment)
  if (stored.waiting.size > 0 || isUnchecked(draft))
    return { plan: planTransplant(view, current, start, ops, mostIn(draft)), events }
  const state = await stowState(room, wanted, undefined).catch((error: unknown) => {
    if (error instanceof OverflowUnavailable) return undefined
    throw error
  })
  const plan = state && planRegenerate(view, current, { ...start, state })
  if (plan && fits(plan, mostIn(draft))) return { plan, events }
  return { plan: planTransplant(view, current, start, ops, mostIn(draft)), events }
}

async function change(
  draft: Draft,
  { current, after, changes, isDue }: Extract<Outcome, { kind: 'change' | 'renew' }>,
  moment: Moment,
): Promise<Planned> {
  const { opened, stored } = draft
  const { identity, state: settled } = current.base
  if (changes.ops.length > 0) await checkSchema(draft, after, changes.ops)
  const room = roomFor(draft, identity, moment)
  const before = withReserved(stored.state, opened.shown.state)
  const base = applyOps(before, changes.earlier, stored.memory)
  const wanted = applyOps(base, changes.ops, stored.memory)
  // Nobody can help what a migration adds.
  if (changes.ops.length > 0) requireFit(room, base, wanted)
  const budget = deltaBudget(current)
  const write: Write = {
    ...moment,
    earlier: await fittingOps(room, changes.earlier, base, budget),
    ops: await fittingOps(room, changes.ops, wanted, budget),
    arrivedAt: opened.arrivedAt,
    hold: opened.view.unread || isUnchecked(draft),
    expires: Math.max(current.expires, renewedUntil(moment.now, identity.start, opened.options)),
    reseal: opened.oldSecret,
    most: mostIn(draft) - HEAD_BYTES,
    sizeOf: sizeIn(room, settled, false),
    ...(room.depot ? { tightSizeOf: sizeIn(room, settled, true) } : {}),
    fetched: stored.fetched,
  }
  const plan = await planFitting(room, current, write, mostIn(draft))
  const events: SessionEvent[] = []
  if (plan.remove.length > Math.max(1, plan.put.length))
    events.push({ type: 'folded', fragments: plan.remove.length })
  if (isDue) events.push({ type: 'renewed' })
  return { plan, events }
}

function roomFor(
  { opened, subject, newSid }: Draft,
  identity: SessionIdentity | undefined,
  { now }: Pick<Moment, 'now'>,
): Room {
  const { options, depot, attributes } = opened
  return {
    options,
    depot,
    prefixLength: attributes.prefix.length,
    identity: identity ?? identityOf(newSid(), subject, now),
    ttlSeconds: (endOf(identity?.start ?? now, options) - now) / 1000,
  }
}

function identityOf(sid: string, subject: string | undefined, now: number): SessionIdentity {
  return { sid, start: now, generation: 1, from: [sid.slice(0, SID_PREFIX_LENGTH)], subject }
}

function startOf({ opened, subject, newSid }: Draft, state: TreeObject, moment: Moment): Start {
  const { arrivedAt, options } = opened
  return {
    ...moment,
    sid: newSid(),
    state,
    subject,
    arrivedAt,
    idle: options.idleTimeout * 1000,
    absolute: options.absoluteTimeout * 1000,
  }
}
