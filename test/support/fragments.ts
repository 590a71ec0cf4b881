/** Fragments as tests write them down. */
import type { Base, Fragment, Log, SessionIdentity } from '../../src/log/format/fragment.ts'

/** What stands in a cookie: a base, a log, both, or the end of the session. */
export interface Content {
  readonly base?: (Omit<Base, 'memory'> & Partial<Pick<Base, 'memory'>>) | undefined
  readonly log?: Log | undefined
  readonly tombstone?: boolean
  readonly identity?: SessionIdentity
  readonly expires?: number
}

/** A fragment with this content; without any it is a tombstone. */
export function fragmentOf(
  id: string,
  { base, log, identity, expires }: Content,
  common: { readonly identity: SessionIdentity; readonly expires: number },
): Fragment {
  const own = { id, identity: identity ?? common.identity, expires: expires ?? common.expires }
  if (base) return { kind: 'base', ...own, memory: undefined, ...base, log }
  return log ? { kind: 'log', ...own, log } : { kind: 'tombstone', ...own }
}
