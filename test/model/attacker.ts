/**
 * A client that keeps every cookie that it ever got, forks its jar, and makes requests with whatever part of them it
 * likes. What a state shows is told by the state alone: each write that is marked adds a member, and counts once.
 */
import { diff } from '../../src/log/diff/diff.ts'
import { encodeClaims } from '../../src/log/format/claims.ts'
import { SETTLE_SECONDS } from '../../src/log/format/clocks.ts'
import { type Fragment, isBase, type Op } from '../../src/log/format/fragment.ts'
import { applyOps } from '../../src/log/ops/replay.ts'
import type { Current, View } from '../../src/log/reading/merge.ts'
import type { Plan } from '../../src/log/writing/write.ts'
import { newestTimeOf } from '../../src/opening/lifetime.ts'
import { atomicPaths } from '../../src/options/atomic.ts'
import { toBase64Url } from '../../src/tree/bytes.ts'
import type { Tree, TreeObject } from '../../src/tree/tree.ts'
import { type Random, seeded } from '../support/random.ts'
import { type LifeRules, lifeRules } from './lives.ts'
import { isObject } from './naive.ts'

export type Deed = 'write' | 'ada' | 'bob' | 'logout' | 'regenerate'

/** What a client reached. States are counted by the requests that saw them first. */
export interface Reached {
  histories: number
  /** Requests, those that only read included. */
  requests: number
  /** States that are the merge of no causally closed set of writes: one shows, and one that it had seen does not. */
  mixed: number
  /** Those of them that lack a write of less than three minutes ago: other writes have moved the horizon. */
  forced: number
  /** Of two values with keys of their own: states in which they are of two requests. */
  apart: number
  /** The same where both are one `atomic` value. */
  together: number
  /** States in which the increments are not as many as the writes that show. */
  miscounted: number
  /** States of a session that has what another user wrote, or of one that had ended. */
  foreign: number
}

export function nothingReached(): Reached {
  return {
    ...{ histories: 0, requests: 0, mixed: 0, forced: 0 },
    ...{ apart: 0, together: 0, miscounted: 0, foreign: 0 },
  }
}

/** A write, as the client knows it. */
interface Made {
  readonly at: number
  readonly role: number
  /** Whether the state tells of it as long as it has it. Of others it tells only until the next write. */
  readonly isMarked: boolean
  /** The marked writes that its request had seen: bit n stands for the nth. */
  readonly seen: bigint
}

/** What a client takes upon itself: some seconds; pauses of minutes, too; so many writes as well that a horizon moves. */
export type Effort = 'seconds' | 'minutes' | 'floods'

/** What must never be. */
export const NEVER = ['together', 'miscounted', 'foreign'] as const
type Never = (typeof NEVER)[number]

type Jar = readonly Fragment[]

const START_MS = 1_763_800_000_000
const MINUTE_MS = 60_000
const ROLES = 3
const BRANCHES = 4
const isAtomic = atomicPaths(['user'])

export class Attacker {
  readonly reached: Reached
  /** The first state of each kind that must not be, and the cookies that led to it. */
  readonly problems = new Map<Never, string>()
  readonly #rules: LifeRules
  readonly #random: Random
  readonly #initial: TreeObject
  readonly #made: Made[] = []
  /** Mixed pairs and wrong states that were counted. */
  readonly #counted = new Set<string>()
  readonly #pool = new Map<string, Fragment>()
  /** Jars that live on like those of browsers. */
  readonly #branches: Jar[] = [[]]
  #now = START_MS

  /** @param filler - how many characters of the state never change */
  constructor(
    seed: number,
    filler: number,
    reached: Reached = nothingReached(),
    rules: LifeRules = lifeRules,
  ) {
    this.reached = reached
    reached.histories++
    this.#rules = rules
    this.#random = seeded(seed)
    this.#initial = filler > 0 ? { filler: 'x'.repeat(filler) } : {}
  }

  readonly #bytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => this.#random.below(256))

  /** All cookies that it ever got. */
  get cookies(): Jar {
    return [...this.#pool.values()]
  }

  /** One thing that a client can do. */
  step(effort: Effort): void {
    const dice = this.#random.below(100)
    const at = this.#random.below(this.#branches.length)
    const branch = this.#branches[at] ?? []
    if (dice < 40) this.#grow(at, this.#deed())
    else if (dice < 55) this.write(this.#mixed(branch), this.#deed())
    else if (dice < 57 && effort === 'floods') this.#flood(at)
    else if (dice < 65 && effort !== 'seconds') this.wait(1 + this.#random.below(240))
    else if (dice < 72) this.#fork(branch)
    else this.look(dice < 86 ? this.#mixed(branch) : this.#some())
  }

  wait(seconds: number): void {
    this.#now += seconds * 1000
  }

  /** Every part of the last cookies, of so many. */
  exhaust(most: number): void {
    const last = this.cookies.slice(-most)
    for (let n = 0; n < 2 ** last.length; n++) this.look(last.filter((_, i) => (n >> i) & 1))
  }

  /** Sends a jar, and checks what it shows. */
  look(jar: Jar): View {
    this.reached.requests++
    const view = this.#rules.merge(jar, this.#arrival(jar))
    if (view.current) this.#check(view.current, view, jar)
    return view
  }

  /** Makes a request with a jar that changes something. Gives the jar after the answer. */
  write(jar: Jar, deed: Deed, isMarked: boolean = this.#random.below(4) > 0): Jar {
    const view = this.look(jar)
    const plan = this.#planned(view, deed, isMarked, this.#arrival(jar))
    if (!plan) return jar
    for (const each of plan.put) this.#pool.set(each.id, each)
    const gone = new Set([...plan.remove, ...plan.put].map(({ id }) => id))
    return [...jar.filter(({ id }) => !gone.has(id)), ...plan.put]
  }

  /** The time of a request, for a node whose clock is right. */
  #arrival(jar: Jar): number {
    return Math.max(this.#now, ...jar.map(newestTimeOf))
  }

  #deed(): Deed {
    const dice = this.#random.below(40)
    if (dice > 3) return 'write'
    return (['ada', 'bob', 'logout', 'regenerate'] as const)[dice] ?? 'write'
  }

  #grow(at: number, deed: Deed, isMarked?: boolean): void {
    this.#now += this.#random.below(this.#random.below(4) === 0 ? 5000 : 200)
    this.#branches[at] = this.write(this.#branches[at] ?? [], deed, isMarked)
  }

  /** About as many cheap writes as move the horizon; now and then with what another branch writes meanwhile. */
  #flood(at: number): void {
    const other = this.#branches[this.#random.below(this.#branches.length)] ?? []
    const count = 70 + this.#random.below(60)
    for (let n = 1; n <= count; n++) {
      this.#grow(at, 'write', this.#random.below(16) === 0)
      if (n % 10 > 0) continue
      const late = this.write(other, 'write')
      this.look(together(this.#branches[at] ?? [], late))
    }
  }

  #fork(jar: Jar): void {
    if (this.#branches.length < BRANCHES) this.#branches.push(jar)
    else this.#branches[this.#random.below(BRANCHES)] = jar
  }

  /** A jar with cookies of another one beside its own, and without some. */
  #mixed(jar: Jar): Jar {
    const other = this.#branches[this.#random.below(this.#branches.length)] ?? []
    const own = this.#random.below(3) === 0 ? jar : jar.filter(isBase)
    const more = this.#random.below(2) === 0 ? other.filter((each) => !isBase(each)) : this.#some(4)
    const all = new Map(together(own, more).map((each) => [each.id, each]))
    if (this.#random.below(3) === 0) all.delete([...all.keys()][this.#random.below(all.size)] ?? '')
    return [...all.values()]
  }

  /** Any of its cookies, mostly of the newest. */
  #some(most = 12): Jar {
    const from = this.cookies.slice(this.#random.below(4) === 0 ? 0 : -40)
    const count = 1 + this.#random.below(most)
    const some = Array.from({ length: count }, () => from[this.#random.below(from.length)])
    return [...new Set(some.filter((each) => each !== undefined))]
  }

  #planned(view: View, deed: Deed, isMarked: boolean, arrivedAt: number): Plan | undefined {
    const { current, fragments } = view
    const random = this.#bytes
    const common = { now: arrivedAt + this.#random.below(50), arrivedAt, random }
    if (deed === 'logout') {
      const expires = common.now + 240 * MINUTE_MS
      return fragments.length > 0 ? this.#rules.planEnd(view, { ...common, expires }) : undefined
    }
    const before = current?.base.identity.subject
    const isLogin = deed === 'ada' || deed === 'bob'
    const subject = isLogin ? deed : before
    const isAnew = !current || (isLogin && before !== undefined && before !== deed)
    const base = isAnew ? this.#initial : current.state
    const ops = this.#ops(base, subject, isMarked, common.now)
    const start = {
      ...{ ...common, sid: toBase64Url(random(16)), subject, isLogin },
      ...{ idle: 120 * MINUTE_MS, absolute: 240 * MINUTE_MS },
    }
    if (!current && !isLogin) return this.#rules.planStart(view, { ...start, state: base }, ops)
    const state = applyOps(base, ops)
    if (!current) return this.#rules.planStart(view, { ...start, state })
    if (deed !== 'write') return this.#rules.planRegenerate(view, current, { ...start, state })
    const expires = common.now + 120 * MINUTE_MS
    return this.#rules.planWrite(current, { ...common, ops, expires, reseal: false, most: 4000 })
  }

  /** What a handler writes that puts the tenant and the role of this request, in both ways. */
  #ops(before: TreeObject, subject: string | undefined, isMarked: boolean, at: number): Op[] {
    const n = this.#made.length
    const role = this.#random.below(ROLES)
    this.#made.push({ at, role, isMarked, seen: this.#told(before) })
    const pair = { tenant: n, role }
    const marks = { ...membersOf(before['m']), [n.toString(36)]: subject ?? 'anyone' }
    const after = { ...before, ...pair, user: pair, ...(isMarked ? { m: marks } : {}) }
    const ops = diff(before, after, { isAtomic, now: at })
    return isMarked ? [...ops, { kind: 'increment', path: 'hits', by: 1 }] : ops
  }

  /** The marked writes that a state tells of. */
  #told(state: TreeObject): bigint {
    const marks = Object.keys(membersOf(state['m']))
    return marks.reduce((all, mark) => all | (1n << BigInt(Number.parseInt(mark, 36))), 0n)
  }

  #check({ state, base }: Current, { tombstones }: View, jar: Jar): void {
    const { sid, subject } = base.identity
    const marks = membersOf(state['m'])
    this.#checkClosed(state)
    if (!this.#isOne(state)) this.#count('apart', `${state['tenant']} ${state['role']}`)
    const wrong = (kind: Never, what: string) => {
      this.#count(kind, what)
      const text = `${what}\n${jar.map((each) => encodeClaims(each)).join('\n')}`
      if (!this.problems.has(kind)) this.problems.set(kind, text)
    }
    if (!this.#isOne(membersOf(state['user']))) wrong('together', JSON.stringify(state['user']))
    const hits = state['hits'] ?? 0
    const writes = Object.keys(marks).length
    if (hits !== writes) wrong('miscounted', `${JSON.stringify(hits)} of ${writes}`)
    const owners = new Set(Object.values(marks))
    owners.delete('anyone')
    if (subject !== undefined) owners.delete(subject)
    if (owners.size > 0) wrong('foreign', `what ${[...owners]} wrote shows to ${subject}`)
    if (tombstones.some(({ identity }) => identity.sid === sid)) wrong('foreign', `ended: ${sid}`)
  }

  /** Whether tenant and role are those of one request. */
  #isOne({ tenant, role }: TreeObject): boolean {
    if (tenant === undefined && role === undefined) return true
    return typeof tenant === 'number' && this.#made[tenant]?.role === role
  }

  #count(kind: Exclude<keyof Reached, 'histories' | 'requests'>, what: string): void {
    if (this.#counted.has(`${kind} ${what}`)) return
    this.#counted.add(`${kind} ${what}`)
    this.reached[kind]++
  }

  /** All that the writes of a state had seen must be in it. */
  #checkClosed(state: TreeObject): void {
    const told = this.#told(state)
    const newest = state['tenant']
    let pairs = ''
    let isForced = false
    for (const n of new Set([...bitsOf(told), ...(typeof newest === 'number' ? [newest] : [])])) {
      const lacking = (this.#made[n]?.seen ?? 0n) & ~told
      for (const l of bitsOf(lacking)) {
        const key = `${n} without ${l}`
        if (this.#counted.has(key)) continue
        this.#counted.add(key)
        pairs += `${key} `
        isForced ||= this.#now - (this.#made[l]?.at ?? 0) < SETTLE_SECONDS * 1000
      }
    }
    if (pairs === '') return
    this.reached.mixed++
    if (isForced) this.reached.forced++
  }
}

/** How many characters of a state never change, in histories that are told apart by their seeds. */
const FILLERS = [0, 0, 900, 1900]

/** Clients that do what comes to their mind. */
export function playAtRandom(
  histories: number,
  effort: Effort,
  rules: LifeRules = lifeRules,
): { readonly reached: Reached; readonly problems: readonly string[] } {
  const reached = nothingReached()
  const problems: string[] = []
  for (let seed = 1; seed <= histories; seed++) {
    const attacker = new Attacker(seed, FILLERS[seed % FILLERS.length] ?? 0, reached, rules)
    for (let step = 0; step < STEPS[effort]; step++) attacker.step(effort)
    attacker.exhaust(MOST_EXHAUSTED)
    problems.push(...attacker.problems.values())
  }
  return { reached, problems }
}

const STEPS: Readonly<Record<Effort, number>> = { seconds: 15, minutes: 15, floods: 30 }
const MOST_EXHAUSTED = 5

/** What the requests do one after the other of which {@link playAll} makes histories. */
const PATTERNS: readonly (readonly Deed[])[] = [
  ['write', 'write', 'write', 'write', 'write', 'write'],
  ['write', 'ada', 'write', 'logout', 'bob', 'write'],
]

/** Every history that leads to so many cookies, in which each request sends any part of those that are there. */
export function playAll(
  cookies: number,
  rules: LifeRules = lifeRules,
): { readonly reached: Reached; readonly problems: readonly string[] } {
  const reached = nothingReached()
  const problems: string[] = []
  for (const deeds of PATTERNS) {
    for (let parts: readonly number[] | undefined = []; parts; ) {
      const attacker = new Attacker(1, 0, reached, rules)
      const counts: number[] = []
      for (const [n, deed] of deeds.slice(0, cookies).entries()) {
        const all = attacker.cookies
        if (all.length >= cookies) break
        counts.push(2 ** all.length)
        attacker.wait(1)
        attacker.write(
          all.filter((_, i) => ((parts?.[n] ?? 0) >> i) & 1),
          deed,
          true,
        )
      }
      attacker.exhaust(cookies)
      problems.push(...attacker.problems.values())
      parts = next(parts, counts)
    }
  }
  return { reached, problems }
}

/** Counts on: digits of different bases, of which the last one goes first. */
function next(digits: readonly number[], bases: readonly number[]): readonly number[] | undefined {
  const at = bases.findLastIndex((base, i) => (digits[i] ?? 0) + 1 < base)
  if (at < 0) return undefined
  return [...bases.slice(0, at).map((_, i) => digits[i] ?? 0), (digits[at] ?? 0) + 1]
}

function membersOf(tree: Tree | undefined): TreeObject {
  return tree !== undefined && isObject(tree) ? tree : {}
}

/** A jar holds one cookie of each name. */
function together(one: Jar, other: Jar): Jar {
  return [...new Map([...one, ...other].map((each) => [each.id, each])).values()]
}

function bitsOf(set: bigint): number[] {
  const bits: number[] = []
  for (let n = 0, rest = set; rest > 0n; n++, rest >>= 1n) if (rest & 1n) bits.push(n)
  return bits
}
