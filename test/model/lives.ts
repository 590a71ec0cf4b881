/**
 * How sessions start and end, in any order: users log in and out, pages are opened in several tabs, other sites send
 * forms, answers come in line by line. The nodes are the core; what a session holds are keys that tell who wrote them.
 */
import { diff } from '../../src/log/diff/diff.ts'
import { encodeClaims } from '../../src/log/format/claims.ts'
import type { Fragment, SessionIdentity } from '../../src/log/format/fragment.ts'
import type { RandomBytes } from '../../src/log/format/ids.ts'
import { merge, type View } from '../../src/log/reading/merge.ts'
import { planEnd, planRegenerate, planStart } from '../../src/log/writing/lifecycle.ts'
import { planWrite } from '../../src/log/writing/plan.ts'
import type { Plan } from '../../src/log/writing/write.ts'
import { newestTimeOf } from '../../src/opening/lifetime.ts'
import { toBase64Url } from '../../src/tree/bytes.ts'
import type { TreeObject } from '../../src/tree/tree.ts'
import { seeded } from '../support/random.ts'

/** `leave`: nobody is logged in any more, and another session starts. */
export type Deed = 'read' | 'write' | 'regenerate' | 'logout' | 'leave' | 'ada' | 'bob'

export type LifeStep =
  | {
      readonly does: 'send'
      /** Which of the three nodes serves it. */
      readonly node: number
      readonly deed: Deed
      readonly withheld: boolean
      readonly twice: boolean
      readonly after: number
    }
  /** The node is done with one of the requests under way, or one line of its answer arrives; or it is lost. */
  | { readonly does: 'commit' | 'line' | 'lose'; readonly pick: number; readonly after: number }

export interface Life {
  readonly seed: number
  /** How many seconds the clocks of the nodes are ahead. */
  readonly clocks: readonly number[]
  readonly idle: number
  readonly steps: readonly LifeStep[]
}

/** The rules under test, so that a mutant can take the place of each. */
export const lifeRules = { merge, planStart, planRegenerate, planEnd, planWrite }
export type LifeRules = typeof lifeRules

/** A request, from the time that it was sent. Numbers of events tell what came before what. */
export interface Visit {
  readonly deed: Deed
  readonly withheld: boolean
  readonly node: number
  readonly sentAt: number
  readonly sent: number
  readonly view: View
  readonly arrivedAt: number
  /** The key that it writes, and whose it is. */
  key: string | undefined
  lines: (() => void)[]
  done: boolean
  /** The session that it started, if it did. */
  started: SessionIdentity | undefined
  /** The events at which the first line of its answer came, and the last. */
  first: number | undefined
  last: number | undefined
}

const START_MS = 1_763_800_000_000
const BOUND_MS = 120_000
const WAITING_MS = 300_000
const ABSOLUTE_MS = 4 * 3600_000

/** What is of no use any more: whoever writes deletes it. */
function spentIn({ view, arrivedAt }: Visit): Fragment[] {
  return view.dropped.flatMap(({ fragment, reason }) => {
    const since =
      reason === 'orphaned'
        ? newestTimeOf(fragment)
        : reason === 'expired'
          ? fragment.expires
          : Number.NEGATIVE_INFINITY
    return arrivedAt - since > WAITING_MS ? [fragment] : []
  })
}

export class World {
  readonly jar = new Map<string, Fragment>()
  readonly visits: Visit[] = []
  /** Sessions, by sid: the visit that started each, and the one that it grew out of. */
  readonly founders = new Map<
    string,
    { readonly visit: Visit; readonly parent: string | undefined }
  >()
  now = START_MS
  events = 0
  readonly #life: Life
  readonly #rules: LifeRules
  readonly #random: RandomBytes

  constructor(life: Life, rules: LifeRules) {
    this.#life = life
    this.#rules = rules
    const random = seeded(life.seed)
    this.#random = (count) => Uint8Array.from({ length: count }, () => random.below(256))
  }

  /** What a request sees that carries all cookies now. */
  look(node = 0): { readonly view: View; readonly arrivedAt: number } {
    return this.#open([...this.jar.values()], node)
  }

  #open(fragments: readonly Fragment[], node: number) {
    const clock = this.now + (this.#life.clocks[node] ?? 0) * 1000
    const arrivedAt = Math.max(clock, ...fragments.map(newestTimeOf))
    return { view: this.#rules.merge(fragments, arrivedAt), arrivedAt }
  }

  send({ node, deed, withheld }: Extract<LifeStep, { does: 'send' }>): Visit {
    const cookies = withheld ? [] : [...this.jar.values()]
    const key = deed === 'write' ? `w${this.visits.length}` : undefined
    const visit: Visit = {
      ...{ deed, withheld, node, key, sentAt: this.now, sent: this.events++ },
      ...this.#open(cookies, node),
      ...{ lines: [], done: false, started: undefined, first: undefined, last: undefined },
    }
    this.visits.push(visit)
    return visit
  }

  /** Whose writes these are: the user's, or of nobody; or of another site. */
  static ownerOf({ withheld, view }: Visit): string {
    return view.current?.base.identity.subject ?? (withheld ? 'foreign' : 'anyone')
  }

  commit(visit: Visit): void {
    if (visit.done) return
    visit.done = true
    const plan = this.#plan(visit)
    if (!plan) return
    const put = plan.put.find(({ kind }) => kind === 'base')
    const { current, fragments } = visit.view
    const former = current?.base.identity.sid
    if (put && put.identity.sid !== former) {
      visit.started = put.identity
      const parent = visit.deed === 'leave' ? undefined : former
      this.founders.set(put.identity.sid, { visit, parent })
    }
    const kept = new Set(plan.put.map(({ id }) => id))
    const remove = new Set([...plan.remove, ...spentIn(visit)])
    const gone = [...remove].filter(({ id }) => !kept.has(id) && fragments.some((f) => f.id === id))
    visit.lines = [
      ...plan.put.map((fragment) => () => this.jar.set(fragment.id, fragment)),
      ...gone.map(
        ({ id }) =>
          () =>
            this.jar.delete(id),
      ),
    ]
  }

  /** One line of an answer arrives; `false` where there is none. */
  line(visit: Visit): boolean {
    const deliver = visit.lines.shift()
    if (!deliver || this.now - visit.sentAt > BOUND_MS) return false
    deliver()
    visit.first ??= this.events++
    if (visit.lines.length === 0) visit.last = this.events++
    return true
  }

  #plan(visit: Visit): Plan | undefined {
    const { deed, view, arrivedAt, node, key, withheld } = visit
    const { current } = view
    const now = Math.max(arrivedAt, this.now + (this.#life.clocks[node] ?? 0) * 1000)
    const random = this.#random
    const idle = this.#life.idle * 1000
    if (deed === 'read') return undefined
    if (deed === 'logout') {
      if (!view.fragments.some(({ kind }) => kind !== 'tombstone')) return undefined
      return this.#rules.planEnd(view, { now, arrivedAt, expires: now + ABSOLUTE_MS, random })
    }
    const before = current?.base.identity.subject
    if (deed === 'leave' && before === undefined) return undefined
    const isLogin = deed === 'ada' || deed === 'bob'
    const subject = isLogin ? deed : before
    const own: TreeObject = key === undefined ? {} : { [key]: World.ownerOf(visit) }
    const isAnew = isLogin && before !== undefined && before !== deed
    const state = current && !isAnew ? { ...current.state, ...own } : own
    const start = {
      ...{ sid: toBase64Url(random(16)), state, subject, isLogin, isWithheld: withheld, now },
      ...{ arrivedAt, idle, absolute: ABSOLUTE_MS, random },
    }
    if (deed === 'leave') {
      const end = { now, arrivedAt, expires: now + ABSOLUTE_MS, random }
      const next = { ...start, state: {}, subject: undefined }
      return this.#rules.planEnd(view, end, [], next)
    }
    if (!current) {
      const ops = diff({}, own)
      if (deed === 'regenerate' || isLogin) return this.#rules.planStart(view, start)
      return this.#rules.planStart(view, { ...start, state: {} }, ops)
    }
    if (deed !== 'write') return this.#rules.planRegenerate(view, current, start)
    const expires = Math.max(current.expires, now + idle)
    const ops = diff(current.state, state, { memory: current.memory, now: arrivedAt })
    const write = { ops, now, arrivedAt, expires, reseal: false, most: 4000, random }
    return this.#rules.planWrite(current, write)
  }

  /** For so long a session surely lives that is not used, whatever the clocks say. */
  get quietMs(): number {
    const { clocks, idle } = this.#life
    return idle * 1000 - 1000 * (Math.max(...clocks) - Math.min(...clocks)) - 1000
  }

  /** How many bytes the claims of the jar have. */
  get bytes(): number {
    return [...this.jar.values()].reduce((sum, each) => sum + encodeClaims(each).length, 0)
  }
}
