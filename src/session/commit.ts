/** From what a request changed to Set-Cookie headers. */

import { withLife, withReserved, withVersion } from '../data/keys.ts'
import { OverflowUnavailable } from '../errors.ts'
import type { SessionEvent } from '../events.ts'
import { deltaBudget, fittingOps, stowState } from '../fit/check-in.ts'
import { HEAD_BYTES, type Room, requireFit, sizeIn } from '../fit/fit.ts'
import { fits, planFirst, planFitting } from '../fit/plan.ts'
import { gather } from '../log/bursts/gather.ts'
import { LATE_SECONDS } from '../log/format/clocks.ts'
import { isBase, type Op, type SessionIdentity, SID_PREFIX_LENGTH } from '../log/format/fragment.ts'
import type { RandomBytes } from '../log/format/ids.ts'
import { planEnd, planRegenerate, planStart, type Start } from '../log/lives/lifecycle.ts'
import { planTransplant } from '../log/lives/transplant.ts'
import { applyOps } from '../log/ops/replay.ts'
import type { Plan, Write } from '../log/writing/write.ts'
import { endOf, lastEndOf, renewedUntil, termOf } from '../opening/lifetime.ts'
import { fetchAll } from '../shown/stored.ts'
import { utf8Length } from '../tree/bytes.ts'
import type { TreeObject } from '../tree/tree.ts'
import { checkOps, classify, lifeAfter, type Outcome, opsAtStart } from './classify.ts'
import type { Draft } from './draft.ts'
import { mostIn, setCookies } from './set-cookies.ts'
import { checkSchema, isUnchecked } from './valid.ts'

/** A time and a source of random bytes. */
interface Moment {
  readonly now: number
  readonly random: RandomBytes
}

interface Planned {
  readonly plan: Plan
  readonly events: readonly SessionEvent[]
  readonly forget?: () => void
}

/**
 * The Set-Cookie headers that save what changed; none where nothing did.
 *
 * @throws ValueError, SessionTooLarge, OverflowUnavailable: nothing is saved, the old state is whole
 */
export async function commitDraft(draft: Draft, random: RandomBytes): Promise<readonly string[]> {
  const { options, oldSecret, unstorable: reason } = draft.opened
  const now = Math.max(options.clock(), draft.opened.arrivedAt)
  // Before anything is awaited: what is changed later than this is not part of the commit.
  const outcome = classify(draft, now)
  if (outcome.kind === 'nothing') return []
  const { plan, events, forget } = await planOutcome(draft, outcome, { now, random })
  const lines = await setCookies(draft, plan, now).catch((error: unknown) => {
    forget?.()
    throw error
  })
  for (const event of events) options.emit(event)
  const [bytes, cookies] = [utf8Length(lines.join('')), plan.put.length]
  options.emit({ type: 'committed', bytes, cookies, deleted: lines.length - cookies })
  if (reason && cookies > 0) options.emit({ type: 'unstorable', reason })
  if (oldSecret && plan.put.some(isBase)) options.emit({ type: 'rotated' })
  return lines
}

function planOutcome(
  draft: Draft,
  outcome: Exclude<Outcome, { kind: 'nothing' }>,
  moment: Moment,
): Planned | Promise<Planned> {
  switch (outcome.kind) {
    case 'end':
      return end(draft, outcome.farewell, moment)
    case 'start':
      return startNew(draft, outcome.after, moment)
    case 'switch':
      return changeHands(draft, outcome, moment)
    case 'new-id':
      return goOn(draft, outcome, moment)
    case 'change':
    case 'renew':
      return change(draft, outcome, moment)
  }
}

function end(draft: Draft, farewell: TreeObject | undefined, moment: Moment): Planned {
  const state = farewell && withVersionOf(draft, farewell)
  const start = state && farewellStart(draft, state, moment)
  // It ends nothing of what the browser has and did not send.
  if (start?.isWithheld)
    return { plan: planStart(draft.opened.view, start), events: [{ type: 'created' }] }
  return { plan: planEndOf(draft, moment, start), events: [{ type: 'destroyed' }] }
}

function planEndOf({ opened }: Draft, { now, random }: Moment, next: Start | undefined): Plan {
  const { view, arrivedAt, options, untimely } = opened
  // A slower request may just have given it a new id, and with it another life.
  const expires = lastEndOf(now + LATE_SECONDS * 1000, options)
  return planEnd(view, { now, arrivedAt, expires, random }, untimely, next)
}

/** An anonymous session with the limits that all have. */
function farewellStart(draft: Draft, state: TreeObject, moment: Moment): Start {
  const { arrivedAt, options } = draft.opened
  const { idleMs, absoluteMs } = termOf(arrivedAt, {}, options)
  const start = startOf(draft, state, moment)
  return { ...start, subject: undefined, isLogin: false, idle: idleMs, absolute: absoluteMs }
}

async function startNew(draft: Draft, after: TreeObject, moment: Moment): Promise<Planned> {
  const { view } = draft.opened
  const events: SessionEvent[] = [{ type: 'created' }]
  const { room, wanted } = await stateAnew(draft, after, moment)
  if (draft.subject === undefined) {
    // What it wrote merges with what parallel requests of a first visit write.
    const before = withLife(withVersionOf(draft, draft.shown()), lifeAfter(draft))
    const start = startOf(draft, before, moment)
    const planned = (some: readonly Op[]) => planStart(view, start, some)
    const plan = await planFirst(room, planned, opsAtStart(draft, after), wanted)
    if (plan) return { plan, events }
  }
  const state = await stowState(room, wanted, undefined)
  return { plan: planStart(view, startOf(draft, state, moment)), events }
}

/** What a session has that starts with the data `after`. */
async function stateAnew(
  draft: Draft,
  after: TreeObject,
  moment: Moment,
): Promise<{ readonly room: Room; readonly wanted: TreeObject }> {
  await checkSchema(draft, after)
  const own = applyOps(withVersionOf(draft, after), draft.told.onceKeys)
  const wanted = withLife(own, lifeAfter(draft))
  const room = roomFor(draft, undefined, moment)
  requireFit(room, undefined, wanted)
  return { room, wanted }
}

function withVersionOf({ opened }: Draft, state: TreeObject): TreeObject {
  return withVersion(state, opened.options.migration?.version ?? 0)
}

async function changeHands(
  draft: Draft,
  { current, after }: Extract<Outcome, { kind: 'switch' }>,
  moment: Moment,
): Promise<Planned> {
  const { room, wanted } = await stateAnew(draft, after, moment)
  const state = await stowState(room, wanted, undefined)
  const start = startOf(draft, state, moment)
  // Where nobody is logged in any more, the user's session ends as with `destroy()`.
  const plan =
    start.subject === undefined
      ? planEndOf(draft, moment, start)
      : planRegenerate(draft.opened.view, current, start)
  return { plan, events: [{ type: 'regenerated' }] }
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
  const life = lifeAfter(draft)
  const wanted = withLife(applyOps(before, ops, stored.memory), life)
  // What a new id tells of its life is nobody's fault.
  requireFit(room, withLife(applyOps(before, changes.earlier, stored.memory), life), wanted)
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
  // Nobody can help what a migration adds, nor what a check does.
  if (changes.ops.length > 0) requireFit(room, applyOps(base, checkOps(draft)), wanted)
  const budget = deltaBudget(current)
  const term = termOf(identity.start, lifeAfter(draft), opened.options)
  const write: Write = {
    ...moment,
    earlier: await fittingOps(room, changes.earlier, base, budget),
    ops: await fittingOps(room, changes.ops, wanted, budget),
    arrivedAt: opened.arrivedAt,
    hold: opened.view.unread || isUnchecked(draft),
    expires: Math.max(opened.expires, renewedUntil(moment.now, term)),
    reseal: opened.oldSecret,
    most: mostIn(draft) - HEAD_BYTES,
    sizeOf: sizeIn(room, settled, false),
    ...(room.depot ? { tightSizeOf: sizeIn(room, settled, true) } : {}),
    fetched: stored.fetched,
  }
  const planned = await planFitting(room, current, write, mostIn(draft))
  const { plan, forget } = gather(current, planned, opened.options.recent, moment.now)
  const events: SessionEvent[] = []
  if (plan.remove.length > Math.max(1, plan.put.length))
    events.push({ type: 'folded', fragments: plan.remove.length })
  if (isDue) events.push({ type: 'renewed' })
  return { plan, events, forget }
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
    ttlSeconds: (lastEndOf(identity?.start ?? now, options) - now) / 1000,
  }
}

function identityOf(sid: string, subject: string | undefined, now: number): SessionIdentity {
  return { sid, start: now, generation: 1, from: [sid.slice(0, SID_PREFIX_LENGTH)], subject }
}

function startOf(draft: Draft, state: TreeObject, moment: Moment): Start {
  const { opened, subject, newSid, isLogin, intent } = draft
  const { arrivedAt, options, isDenied } = opened
  // What was hidden ends, so nothing is left that it would have to yield to.
  const isWithheld = opened.isWithheld && !(isDenied && intent === 'end')
  const term = termOf(arrivedAt, lifeAfter(draft), options)
  return {
    ...{ ...moment, sid: newSid(), state, subject, isLogin, isWithheld, arrivedAt },
    idle: term.idleMs,
    absolute: endOf(term) - arrivedAt,
  }
}
