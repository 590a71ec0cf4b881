/**
 * How sessions start and end, in any order: users log in and out, pages are opened in several tabs, other sites send
 * forms, answers come in line by line. The nodes are the core; what a session holds are keys that tell who wrote them.
 */
import { withLife } from '../../src/data/keys.ts'
import { diff } from '../../src/log/diff/diff.ts'
import { encodeClaims } from '../../src/log/format/claims.ts'
import type { Fragment, SessionIdentity } from '../../src/log/format/fragment.ts'
import type { RandomBytes } from '../../src/log/format/ids.ts'
import { endsAnything, planEnd, planRegenerate, planStart } from '../../src/log/lives/lifecycle.ts'
import { merge, type View } from '../../src/log/reading/merge.ts'
import { planWrite } from '../../src/log/writing/plan.ts'
import type { Plan } from '../../src/log/writing/write.ts'
import {
  endOf,
  honouredUntil,
  type Limits,
  lastEndOf,
  newestTimeOf,
  renewedUntil,
  termOf,
  untimely,
} from '../../src/opening/lifetime.ts'
import { lifeAfter } from '../../src/session/classify.ts'
import { toBase64Url } from '../../src/tree/bytes.ts'
import type { TreeObject } from '../../src/tree/tree.ts'
import { Ties } from '../../src/watching/kin.ts'
import { seeded } from '../support/random.ts'

export type Secret = 'old' | 'new'

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
  /** Which secrets each node knows; the first one seals. */
  readonly secrets: readonly (readonly Secret[])[]
  readonly idle: number
  readonly absolute: number
  readonly steps: readonly LifeStep[]
}

/** The rules under test, so that a mutant can take the place of each. */
export const lifeRules = { merge, planStart, planRegenerate, planEnd, planWrite, lifeAfter }
export type LifeRules = typeof lifeRules

/** A request, from the time that it was sent. Numbers of events tell what came before what. */
export interface Visit {
  readonly deed: Deed
  readonly withheld: boolean
  readonly node: number
  readonly sentAt: number
  readonly sent: number
  readonly view: View
  /** What it brought that is too old to count, or from too far ahead. */
  readonly untimely: readonly Fragment[]
  readonly arrivedAt: number
  /** The key that it writes, and whose it is. */
  key: string | undefined
  lines: (() => void)[]
  done: boolean
  /** When its node was done. */
  committedAt: number
  /** The session that it started, if it did. */
  started: SessionIdentity | undefined
  /** The events at which the first line of its answer came, and the last. */
  first: number | undefined
  last: number | undefined
}

const START_MS = 1_763_800_000_000
const BOUND_MS = 120_000
const WAITING_MS = 300_000
/** What a browser has of one cookie, and which secret sealed it. */
interface Sealed {
  readonly fragment: Fragment
  readonly secret: Secret
}

/** What is of no use any more: whoever writes deletes it. */
function spentIn({ view, arrivedAt }: Visit): Fragment[] {
  return view.dropped.flatMap(({ fragment, reason }) => {
    const since =
      reason === 'orphaned'
        ? newestTimeOf(fragment)
        : reason === 'expired'
          ? fragment.expires
          : Number.NEGATIVE_INFINITY
    return arrivedAt - since > WAITING_MS && !view.unplaced.includes(fragment) ? [fragment] : []
  })
}

export class World {
  readonly jar = new Map<string, Sealed>()
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

  /** What a request sees that carries all cookies now, on a node that knows all secrets. */
  look(): { readonly view: View; readonly arrivedAt: number } {
    return this.#open([...this.jar.values()], this.#clockOf(0), ['old', 'new'])
  }

  /** What the nodes see that cannot read all of it. */
  looks(): readonly View[] {
    const cookies = [...this.jar.values()]
    return [0, 1, 2].flatMap((node) => {
      const isPartial = cookies.some(({ secret }) => !this.#life.secrets[node]?.includes(secret))
      return isPartial ? this.#openOn(node, cookies).view : []
    })
  }

  #clockOf(node: number): number {
    return this.now + (this.#life.clocks[node] ?? 0) * 1000
  }

  #openOn(node: number, cookies: readonly Sealed[]) {
    return this.#open(cookies, this.#clockOf(node), this.#life.secrets[node] ?? [])
  }

  /** As `opening/view.ts` does. */
  #open(cookies: readonly Sealed[], clock: number, secrets: readonly Secret[]) {
    const known = cookies.filter(({ secret }) => secrets.includes(secret))
    const all = known.map(({ fragment }) => fragment)
    const arrivedAt = Math.max(clock, ...all.map(newestTimeOf))
    const isTimely = (each: Fragment) => untimely(each, arrivedAt, this.#limits) === undefined
    const merged = this.#rules.merge(all.filter(isTimely), arrivedAt, known.length < cookies.length)
    const { current } = merged
    const isHonoured =
      current !== undefined && honouredUntil(current, arrivedAt, this.#limits).until > arrivedAt
    const view = isHonoured ? merged : { ...merged, current: undefined }
    return { view, arrivedAt, untimely: all.filter((each) => !isTimely(each)) }
  }

  get #limits(): Limits {
    const { idle: idleTimeout, absolute: absoluteTimeout } = this.#life
    const maxima = { maxIdleTimeout: idleTimeout, maxAbsoluteTimeout: absoluteTimeout }
    return { idleTimeout, absoluteTimeout, ...maxima }
  }

  send({ node, deed, withheld }: Extract<LifeStep, { does: 'send' }>): Visit {
    const cookies = withheld ? [] : [...this.jar.values()]
    const key = deed === 'write' ? `w${this.visits.length}` : undefined
    const visit: Visit = {
      ...{ deed, withheld, node, key, sentAt: this.now, sent: this.events++ },
      ...this.#openOn(node, cookies),
      ...{
        lines: [],
        done: false,
        committedAt: this.now,
        started: undefined,
        first: undefined,
        last: undefined,
      },
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
    visit.committedAt = this.now
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
    const secret = this.#life.secrets[visit.node]?.[0] ?? 'old'
    const kept = new Set(plan.put.map(({ id }) => id))
    const remove = new Set([...plan.remove, ...spentIn(visit)])
    const brought = [...fragments, ...visit.untimely]
    const gone = [...remove].filter(({ id }) => !kept.has(id) && brought.some((f) => f.id === id))
    visit.lines = [
      ...plan.put.map((fragment) => () => this.jar.set(fragment.id, { fragment, secret })),
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
    const now = Math.max(arrivedAt, this.#clockOf(node))
    const random = this.#random
    if (deed === 'read') return undefined
    if (deed === 'logout') {
      if (!endsAnything(view, visit.untimely) && !view.unread) return undefined
      const expires = lastEndOf(now + WAITING_MS, this.#limits)
      return this.#rules.planEnd(view, { now, arrivedAt, expires, random }, visit.untimely)
    }
    const before = current?.base.identity.subject
    if (deed === 'leave' && before === undefined) return undefined
    const isLogin = deed === 'ada' || deed === 'bob'
    const subject = isLogin ? deed : before
    const own: TreeObject = key === undefined ? {} : { [key]: World.ownerOf(visit) }
    const isAnew = isLogin && before !== undefined && before !== deed
    const isReplaced = current !== undefined && deed !== 'write'
    const deeds = { current, isLogin, isAnew, isReplaced, limits: undefined }
    const untold = { ties: new Ties(), opened: { checked: undefined } }
    const life = this.#rules.lifeAfter({ ...deeds, ...untold })
    const state = withLife(current && !isAnew ? { ...current.state, ...own } : own, life)
    const term = termOf(arrivedAt, life, this.#limits)
    const start = {
      ...{ sid: toBase64Url(random(16)), state, subject, isLogin, isWithheld: withheld, now },
      ...{ arrivedAt, idle: term.idleMs, absolute: endOf(term) - arrivedAt, random },
    }
    if (deed === 'leave') {
      const end = { now, arrivedAt, expires: lastEndOf(now + WAITING_MS, this.#limits), random }
      const next = { ...start, state: {}, subject: undefined }
      return this.#rules.planEnd(view, end, [], next)
    }
    if (!current) {
      const ops = diff({}, own)
      if (deed === 'regenerate' || isLogin) return this.#rules.planStart(view, start)
      return this.#rules.planStart(view, { ...start, state: {} }, ops)
    }
    if (isReplaced) return this.#rules.planRegenerate(view, current, start)
    const renewed = renewedUntil(now, termOf(current.base.identity.start, life, this.#limits))
    const expires = Math.max(current.expires, renewed)
    const ops = diff(current.state, state, { memory: current.memory, now: arrivedAt })
    const rest = { hold: view.unread, reseal: false, most: 4000, random }
    return this.#rules.planWrite(current, { ops, now, arrivedAt, expires, ...rest })
  }

  /** Whether one node knows the secret that another one seals with. */
  canRead(reader: number, sealer: number): boolean {
    const secret = this.#life.secrets[sealer]?.[0]
    return this.#life.secrets[reader]?.some((each) => each === secret) ?? false
  }

  /** For so long a session surely lives that is not used, whatever the clocks say. */
  get quietMs(): number {
    const { idle, absolute } = this.#life
    return Math.min(idle, absolute) * 1000 - this.#spreadMs
  }

  /** For so long a session lives at the most since its login, or else its first start, whatever the clocks say. */
  get longestMs(): number {
    return this.#life.absolute * 1000 + this.#spreadMs
  }

  get #spreadMs(): number {
    const { clocks } = this.#life
    return 1000 * (Math.max(...clocks) - Math.min(...clocks)) + 1000
  }

  /** How many bytes the claims of the jar have. */
  get bytes(): number {
    return [...this.jar.values()].reduce((sum, each) => sum + encodeClaims(each.fragment).length, 0)
  }
}
