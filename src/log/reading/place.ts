/** Logs that tell only the beginning of their session's id, and the bases that tell the rest. */
import {
  type BaseFragment,
  type Fragment,
  isBase,
  isUnnamed,
  type LogFragment,
  SHORT_SID_LENGTH,
} from '../format/fragment.ts'

/** What a log was placed as the last time. What is kept here lives as long as the log. */
const placed = new WeakMap<Fragment, LogFragment>()

/** The fragments of a jar, each with what its session's bases tell. A log whose base is not there stays unnamed. */
export function place(fragments: readonly Fragment[]): readonly Fragment[] {
  if (!fragments.some(isUnnamed)) return fragments
  const bases = new Map<string, BaseFragment>()
  for (const base of fragments.filter(isBase).sort((a, b) => (a.id < b.id ? 1 : -1)))
    bases.set(base.identity.sid.slice(0, SHORT_SID_LENGTH), base)
  return fragments.map((fragment) => {
    const base = bases.get(fragment.identity.sid)
    return base && fragment.kind === 'log' ? placedBeside(fragment, base) : fragment
  })
}

function placedBeside(log: LogFragment, { identity }: BaseFragment): LogFragment {
  const known = placed.get(log)
  if (known?.identity === identity) return known
  const named = { ...log, identity }
  placed.set(log, named)
  return named
}
