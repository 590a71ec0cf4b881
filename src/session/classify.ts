/** What a commit is: what a handler did, compared with what there was. */
import { type Life, lifeOf, withFlash, withLife } from '../data/keys.ts'
import { diff } from '../log/diff/diff.ts'
import type { Op } from '../log/format/fragment.ts'
import { endsAnything } from '../log/lives/lifecycle.ts'
import type { Current } from '../log/reading/merge.ts'
import { isRenewalDue, termOfCurrent } from '../opening/lifetime.ts'
import { type Change, type Changes, changesOf, opsOf } from '../shown/changes.ts'
import { showNew } from '../shown/show.ts'
import { equal, type TreeObject } from '../tree/tree.ts'
import type { Draft } from './draft.ts'
import { versioned } from './valid.ts'

/** What a commit is. */
export type Outcome =
  | { readonly kind: 'nothing' }
  /** All sessions of the jar end; there may be one that this node cannot read. */
  | { readonly kind: 'end'; readonly farewell: TreeObject | undefined }
  /** A session starts. */
  | { readonly kind: 'start'; readonly after: TreeObject }
  /** Another session takes the place of that of a user: another user's, or nobody's. */
  | { readonly kind: 'switch'; readonly current: Current; readonly after: TreeObject }
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

/** @throws ValueError */
export function classify(draft: Draft, now: number): Outcome {
  const { current, isReplaced, opened } = draft
  if (draft.intent === 'end') {
    // What has expired here may live for another node, and what this node cannot read may be a session.
    const { view, untimely } = opened
    const isThere = endsAnything(view, untimely)
    const farewell = farewellOf(draft)
    return isThere || view.unread || farewell ? { kind: 'end', farewell } : { kind: 'nothing' }
  }
  const after = draft.after()
  if (!current)
    return !isReplaced &&
      !draft.ties.keys &&
      draft.told.onceKeys.length === 0 &&
      equal(after, draft.shown())
      ? { kind: 'nothing' }
      : { kind: 'start', after }
  if (draft.isAnew) return { kind: 'switch', current, after }
  const isDue = isRenewalDue(now, opened.expires, termOfCurrent(current, opened.options))
  const writes = isDue || isReplaced
  const changes = versioned(draft, changesTo(draft, after, writes), writes)
  if (isReplaced) return { kind: 'new-id', current, after, changes }
  const isChanged = changes.earlier.length + changes.ops.length > 0
  if (!isChanged && !isDue) return { kind: 'nothing' }
  if (!isChanged) return { kind: 'renew', current, after, changes, isDue }
  const all = { ...changes, ops: [...changes.ops, ...checkOps(draft)] }
  return { kind: 'change', current, after, changes: all, isDue }
}

/** What another session starts with that takes the place of one that ends here: what was flashed, if anything was. */
function farewellOf({ messages, opened }: Draft): TreeObject | undefined {
  const { own } = messages
  if (Object.keys(own).length === 0) return undefined
  return withFlash(showNew(opened.options).visible(), own)
}

function changeTo(draft: Draft, after: TreeObject): Change {
  const { arrivedAt: now, options } = draft.opened
  const [plain, shown, increments] = [draft.plain(), draft.shown(), draft.told.counts]
  const { memory } = draft.stored
  return { plain, shown, after, increments, memory, now, isAtomic: options.isAtomic }
}

/**
 * What a migration changed, and then the handler, as ops on the session's state.
 *
 * @param writing - whether there is another reason to write: then what a migration changed is written as well
 */
function changesTo(draft: Draft, after: TreeObject, writing: boolean): Changes {
  const own = [...lifeOps(draft), ...draft.told.onceKeys]
  return changesOf(draft.opened.shown, changeTo(draft, after), own, writing)
}

/** What the handler wrote into a session that starts here, as ops on the state that sessions start with. */
export function opsAtStart(draft: Draft, after: TreeObject): readonly Op[] {
  return [...draft.told.onceKeys, ...opsOf(changeTo(draft, after))]
}

const NO_LIFE: Life = { began: undefined, idle: undefined, absolute: undefined }

/** What the session tells of its life once this is saved. */
export function lifeAfter({
  current,
  isLogin,
  isAnew,
  isReplaced,
  limits,
  ties,
  opened,
}: Pick<Draft, 'current' | 'isLogin' | 'isAnew' | 'isReplaced' | 'limits' | 'ties'> & {
  readonly opened: Pick<Draft['opened'], 'checked'>
}): Life {
  const keys = ties.keys && (ties.keys.length > 0 ? JSON.stringify(ties.keys) : undefined)
  const { seen } = ties
  if (!current || isLogin || isAnew) return { ...NO_LIFE, ...limits, keys, seen }
  const life = { ...lifeOf(current.state), ...limits, ...(ties.keys ? { keys } : {}) }
  const knew = seen ?? life.seen
  // The time from which the absolute timeout counts goes along to a new id.
  const began = life.began ?? (isReplaced ? current.base.identity.start / 1000 : undefined)
  const checked = isReplaced ? (opened.checked ?? life.checked) : life.checked
  return { ...life, began, checked, seen: knew }
}

/**
 * The op that tells of the request's check. It goes along with what is written anyway: alone it is no reason to write.
 */
export function checkOps(draft: Draft): readonly Op[] {
  const { checked } = draft.opened
  if (checked === undefined) return []
  const life = lifeAfter(draft)
  return diff(withLife({}, life), withLife({}, { ...life, checked }))
}

/** The op that tells the session's life, if it tells anything else than before. */
function lifeOps(draft: Draft): readonly Op[] {
  const before = withLife({}, draft.current ? lifeOf(draft.current.state) : NO_LIFE)
  return diff(before, withLife({}, lifeAfter(draft)))
}
