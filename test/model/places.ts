/** Where actions write. */
import { type Effect, nodeAt } from './effects.ts'
import { type Container, liveOf, type Naive, type NaiveObject, stepTo } from './naive.ts'

/** Where an action writes, in the state that its request sees. */
export interface Place {
  readonly above: Naive | undefined
  /** With the keys of elements in the place of their indexes. */
  readonly path: string
  readonly there: Naive | undefined
  /** What has to be made first, so that there is a place. */
  readonly way: readonly Effect[]
  readonly isBlocked: boolean
}

/** Where `path` leads; `undefined` where the element that it names is not there. */
export function placeOf(path: string, state: NaiveObject): Place | undefined {
  const steps: string[] = []
  const way: Effect[] = []
  let above: Naive | undefined
  let at: Naive | undefined = state
  let isBlocked = false
  for (const step of path.split('.')) {
    const what = containerOf(step)
    if (at?.kind !== what) {
      const made = steps.join('.')
      if (what === 'list') return undefined
      if (at) way.push({ does: 'drop', path: made })
      if (at) isBlocked = true
      way.push({ does: 'make', path: made, what })
      at = undefined
    }
    const resolved: string | undefined = step.startsWith('?')
      ? elementAt(at, Number(step.slice(1)))
      : step
    if (resolved === undefined) return undefined
    steps.push(resolved)
    above = at
    at = at && nodeAt(at, resolved)
  }
  return { path: steps.join('.'), above, there: at, way, isBlocked }
}

function containerOf(step: string): Container {
  if (step.startsWith('?')) return 'list'
  if (step.startsWith('@')) return 'map'
  return step.startsWith('=') ? 'set' : 'object'
}

function elementAt(list: Naive | undefined, n: number): string | undefined {
  const live = list?.kind === 'list' ? liveOf(list) : []
  const item = live[n % Math.max(1, live.length)]
  return item && stepTo(item)
}
