import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeClaims } from '../../../src/log/format/claims.ts'
import { type Fragment, isBase, logOf, type Op } from '../../../src/log/format/fragment.ts'
import { digestOf, timeOf } from '../../../src/log/format/ids.ts'
import { sealedFragmentLength } from '../../../src/log/format/length.ts'
import { replay } from '../../../src/log/ops/replay.ts'
import { type Current, merge, newestIdOf } from '../../../src/log/reading/merge.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import type { Plan } from '../../../src/log/writing/write.ts'
import type { TreeObject } from '../../../src/tree/tree.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import { seeded } from '../../support/random.ts'
import { throughWire } from '../../support/through-wire.ts'
import { someOps } from '../reading/histories.ts'
import { answered, bytesOf, type Life, live, lives, type Moment } from './lives.ts'

/** Checks what every request of many lives plans. */
function always(check: (moment: Moment, life: Life) => void, count = 60): void {
  fc.assert(
    fc.property(lives, (life) => {
      for (const moment of live(life)) check(moment, life)
    }),
    often(count),
  )
}

/** What a jar shows once these answers have arrived. */
function jarAfter({ fragments }: Current, plans: readonly Plan[], now: number): Current {
  const jar = plans.reduce<readonly Fragment[]>(answered, fragments)
  return merge(jar, now).current ?? expect.fail('the session is lost')
}

/** The state after what a request writes, in one entry or in two. */
function stateAfter(
  { state, memory }: Current,
  ...written: readonly (readonly Op[])[]
): TreeObject {
  const entries = written.map((ops, n) => ({ id: `zzzzzzzz0000${n}`, ops }))
  return replay({ state, memory }, entries).state
}

describe('what a response plans to write', () => {
  test('leads from the state that it saw to that with its changes', () => {
    always(({ current, write, plan }) => {
      const expected = stateAfter(current, write.ops)
      const { state } = jarAfter(current, [plan], write.now)
      expect(canonical(state)).toBe(canonical(expected))
    })
  })

  test('removes nothing that it has not read, and nothing that it writes', () => {
    always(({ current, plan }) => {
      const written = new Set(plan.put.map(({ id }) => id))
      for (const each of plan.remove) {
        expect(current.fragments).toContain(each)
        expect(written.has(each.id)).toBe(false)
      }
    })
  })

  test('overwrites no cookie: what it writes has new names, each one once', () => {
    always(({ current, plan }) => {
      const names = plan.put.map(({ id }) => id)
      expect(new Set(names).size).toBe(names.length)
      for (const { id } of current.fragments) expect(names).not.toContain(id)
      for (const name of names) expect(name).toMatch(/^(?:[\w-]{8}|[\w-]{13})$/)
    })
  })

  test('removes only what it has taken over: each entry is there after it, or its digest, or it is settled', () => {
    always(({ current, write, plan }) => {
      const { entries, retired, base } = jarAfter(current, [plan], write.now)
      const known = new Set([...entries.map(({ id }) => digestOf(id)), ...retired])
      for (const { id } of current.entries)
        expect(id <= base.horizon || known.has(digestOf(id))).toBe(true)
    })
  })

  test('comes out of the wire as it was', () => {
    always(({ plan }) => {
      for (const each of plan.put) expect(canonical(throughWire(each))).toBe(canonical(each))
    })
  })

  test('has no cookie that is larger than a cookie may be', () => {
    always(({ write, plan }) => {
      for (const each of plan.put)
        expect(sealedFragmentLength(each)).toBeLessThanOrEqual(write.most)
    })
  })

  test('has, as a base, one that comes before each base that was read', () => {
    let bases = 0
    always(({ current, write, plan }) => {
      const base = plan.put.find(isBase)
      if (!base) return
      bases++
      for (const old of current.fragments.filter(isBase)) {
        const jar = [old, base]
        expect(merge(jar, write.now).current?.base).toBe(base)
        expect(merge(jar.reverse(), write.now).current?.base).toBe(base)
      }
    })
    expect(bases).toBeGreaterThan(0)
  })

  test('settles nothing that is younger than three minutes, unless there is too much', () => {
    always(({ current, write, plan }) => {
      const base = plan.put.find(isBase)
      if (!base || base.horizon === current.base.horizon) return
      if (current.entries.length + current.retired.length > 60) return
      // By the clock of whoever wrote the newest, which may be a minute ahead.
      const newest = Math.min(timeOf(newestIdOf(current)), write.arrivedAt + 60_000)
      expect(timeOf(base.horizon)).toBeLessThanOrEqual(Math.max(newest, write.arrivedAt) - 180_000)
    })
  })

  test('renews the session where that is asked for, as long as the state fits', () => {
    always(({ current, write }) => {
      const expires = write.expires + 1_000_000
      const most = 100_000
      for (const ops of [[], write.ops]) {
        const plan = planWrite(current, { ...write, ops, expires, most, reseal: true })
        expect(jarAfter(current, [plan], write.now).expires).toBe(expires)
        if (ops.length === 0)
          expect(canonical(jarAfter(current, [plan], write.now).state)).toBe(
            canonical(current.state),
          )
      }
    }, 50)
  })

  test('with changes that are older leads to both, removes only what was read, and writes one log', () => {
    fc.assert(
      fc.property(lives, someOps, (life, earlier) => {
        const { current, write } = live(life).at(-1) ?? expect.fail('no request')
        const plan = planWrite(current, { ...write, earlier })
        const expected = stateAfter(current, earlier, write.ops)
        expect(canonical(jarAfter(current, [plan], write.now).state)).toBe(canonical(expected))
        for (const each of plan.remove) expect(current.fragments).toContain(each)
        const newest = newestIdOf(current)
        const own = plan.put.filter((each) => logOf(each)?.entries.some(({ id }) => id > newest))
        expect(own).toHaveLength(1)
      }),
      often(100),
    )
  })

  test('dates changes that follow from the state before what parallel requests write meanwhile', () => {
    fc.assert(
      fc.property(lives, fc.nat(59_000), (life, ahead) => {
        const { current, write } = live(life).at(-1) ?? expect.fail('no request')
        const set = (value: string): Op => ({ kind: 'set', path: 'version', value })
        const migrated = planWrite(current, { ...write, ops: [], earlier: [set('old')] })
        // By a clock that is behind as far as clocks may be, and later than all that this request saw.
        const now = Math.max(write.arrivedAt - ahead, timeOf(newestIdOf(current)) + 2)
        const other = planWrite(current, { ...write, now, ops: [set('new')] })
        for (const plans of [
          [migrated, other],
          [other, migrated],
        ])
          expect(jarAfter(current, plans, write.now).state['version']).toBe('new')
      }),
      often(100),
    )
  })
})

describe('what parallel responses plan that saw the same', () => {
  /** Plans of `count` requests that saw what `moment` saw, each with a change of its own. */
  function parallel({ current, write }: Moment, { seed }: Life, count: number) {
    const random = seeded(seed)
    return Array.from({ length: count }, (_, n) => {
      const ops: readonly Op[] = [
        { kind: 'set', path: 'own', value: { [`p${n}`]: n } },
        { kind: 'increment', path: 'count', by: 1 },
        { kind: 'set', path: 'list', value: [n] },
      ]
      // Nodes' clocks differ, and so does the time that requests take.
      const skew = random.below(60_000) - 30_000
      const times = {
        arrivedAt: write.arrivedAt + skew,
        now: write.arrivedAt + skew + random.below(50_000),
      }
      const plan = planWrite(current, {
        ...write,
        ...times,
        ops,
        reseal: random.below(5) === 0,
        hold: random.below(5) === 0,
        random: bytesOf(random),
      })
      return { n, plan, arrives: random.below(1000) }
    })
  }

  test('survives all of it, in whatever order the answers arrive, and when only some do', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 2, max: 6 }), fc.nat(63), (life, count, mask) => {
        const moment = live(life).at(-1) ?? expect.fail('no request')
        const some = parallel(moment, life, count)
          .filter(({ n }) => Math.floor(mask / 2 ** n) % 2 === 1)
          .sort((a, b) => a.arrives - b.arrives)
        const plans = some.map(({ plan }) => plan)
        const { state } = jarAfter(moment.current, plans, moment.write.now)
        const { own = {}, count: counted = 0, list = [], ...rest } = state
        expect(own).toEqual(Object.fromEntries(some.map(({ n }) => [`p${n}`, n])))
        expect(counted).toBe(some.length)
        expect([...(Array.isArray(list) ? list : [])].sort()).toEqual(some.map(({ n }) => n).sort())
        expect(canonical(rest)).toBe(canonical(moment.current.state))
      }),
      often(200),
    )
  })

  test('never is two different things under one name', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const moment = live(life).at(-1) ?? expect.fail('no request')
        const byName = new Map<string, string>()
        for (const { plan } of parallel(moment, life, 6)) {
          for (const fragment of plan.put) {
            const { id } = fragment
            const log = logOf(fragment)
            // Digests of what is settled may stay, and whether they do depends on the clock.
            const content = canonical({
              base: isBase(fragment) && [fragment.horizon, fragment.state, fragment.serial],
              entries: log?.entries ?? [],
              parents: log?.parents ?? [],
            })
            expect(byName.get(id) ?? content).toBe(content)
            byName.set(id, content)
          }
        }
      }),
      often(150),
    )
  })

  test('is, apart from their own changes, one cookie for all whose clocks agree', () => {
    let shared = 0
    fc.assert(
      fc.property(lives, (life) => {
        const { current, write } = live(life).at(-1) ?? expect.fail('no request')
        const [one, other] = [1, 2].map((seed) =>
          planWrite(current, {
            ...write,
            now: write.arrivedAt,
            ops: [{ kind: 'set', path: 'x', value: seed }],
            reseal: true,
            random: bytesOf(seeded(seed)),
          }),
        )
        const basesOf = (plan?: Plan) => plan?.put.filter(isBase).map(encodeClaims)
        expect(basesOf(one)).toEqual(basesOf(other))
        shared += basesOf(one)?.length ?? 0
      }),
      often(100),
    )
    expect(shared).toBeGreaterThan(0)
  })
})
