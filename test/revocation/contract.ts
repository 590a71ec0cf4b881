/** What every revocation store keeps: its own promises, and what sessions promise with it, whatever goes wrong. */
import { describe, expect, test } from 'vitest'
import { type RevocationStore, RevocationUnavailable, type SessionEvent } from '../../src/index.ts'
import type { SessionRow } from '../../src/revocation/registry.ts'
import { errorOf } from '../support/visitor.ts'
import { type FaultyMarks, faultyMarks } from './faulty-marks.ts'
import { copyOf, Fleet } from './fleet.ts'

/** A store under test, made anew, and empty, for each case. */
export interface MarksFixture {
  readonly store: RevocationStore
  /** The same service, as another node would have it. */
  readonly otherNode?: RevocationStore
}

const key = () =>
  Array.from({ length: 43 }, () => 'abcdefgh-_09'[Math.floor(Math.random() * 12)]).join('')
const login = (n: number) => `login-number-${String.fromCharCode(97 + n)}`
const NOW = Date.now()
const UNTIL = NOW + 3_600_000

const row = (n: number, more: Partial<SessionRow> = {}): SessionRow => ({
  ...{ login: login(n), id: `12345678${login(n)}`, began: NOW + n, seen: NOW + n },
  ...{ expires: NOW + 1_800_000, label: `session ${n}`, ...more },
})

interface Case {
  readonly promise: string
  readonly needs?: 'otherNode' | 'registry'
  check(fixture: MarksFixture): Promise<void>
}

const CASES: readonly Case[] = [
  {
    promise: 'keys without a mark read as undefined, each in its place',
    async check({ store }) {
      const keys = [key(), key(), key()]
      await store.put(keys[1] ?? '', 'carryon1.1764194400000', 3600)
      expect(await store.get(keys)).toEqual([undefined, 'carryon1.1764194400000', undefined])
      expect(await store.get([key()])).toEqual([undefined])
    },
  },
  {
    promise:
      'a mark can be read once its put has resolved, to the character, and is read as often as one likes',
    async check({ store }) {
      const text = 'carryon1.1764194400000.abcdefgh-_0912.1764194300000'
      const at = key()
      await store.put(at, text, 43_380)
      for (let i = 0; i < 3; i++) expect(await store.get([at])).toEqual([text])
    },
  },
  {
    promise: 'a later mark takes the place of the one that is there',
    async check({ store }) {
      const at = key()
      await store.put(at, 'carryon1.1764194400000', 3600)
      await store.put(at, 'carryon1.1764194400001', 3600)
      expect(await store.get([at])).toEqual(['carryon1.1764194400001'])
    },
  },
  {
    promise: 'ten keys at once are one call',
    async check({ store }) {
      const keys = Array.from({ length: 10 }, key)
      await Promise.all(keys.map((each, i) => store.put(each, `carryon1.176419440000${i}`, 60)))
      expect(await store.get(keys)).toEqual(keys.map((_, i) => `carryon1.176419440000${i}`))
    },
  },
  {
    promise: 'what one node has put, another node reads',
    needs: 'otherNode',
    async check({ store, otherNode }) {
      const at = key()
      await store.put(at, 'carryon1.1764194400000', 60)
      expect(await otherNode?.get([at])).toEqual(['carryon1.1764194400000'])
    },
  },
  {
    promise: 'sessions are listed from their admission to their end, each user apart',
    needs: 'registry',
    async check({ store: { registry } }) {
      const [ada, bob] = [key(), key()]
      const list = async (of = ada) =>
        (await registry?.ask(of, { do: 'list', now: NOW }))?.sessions.map(({ label }) => label)
      for (const n of [0, 1, 2])
        await registry?.ask(ada, { do: 'admit', row: row(n), now: NOW, until: UNTIL })
      expect(await list()).toEqual(['session 2', 'session 1', 'session 0'])
      expect(await list(bob)).toEqual([])
      await registry?.ask(ada, { do: 'end', logins: [login(1)], until: UNTIL })
      expect(await list()).toEqual(['session 2', 'session 0'])
      expect((await registry?.ask(ada, { do: 'check', login: login(1) }))?.isEnded).toBe(true)
      expect((await registry?.ask(ada, { do: 'check', login: login(2) }))?.isEnded).toBe(false)
      expect((await registry?.ask(bob, { do: 'check', login: login(1) }))?.isEnded).toBe(false)
      // A renewal that comes late brings nothing back.
      await registry?.ask(ada, { do: 'renew', row: row(1), sawMark: 0 })
      expect(await list()).toEqual(['session 2', 'session 0'])
    },
  },
  {
    promise: 'a mark of a user ends all sessions but one, and is later than the one before it',
    needs: 'registry',
    async check({ store: { registry } }) {
      const ada = key()
      for (const n of [0, 1, 2])
        await registry?.ask(ada, { do: 'admit', row: row(n), now: NOW, until: UNTIL })
      const mark = { do: 'mark', now: NOW + 10, until: UNTIL } as const
      const first = await registry?.ask(ada, { ...mark, except: login(1) })
      expect(first?.mark).toBe(`carryon1.${NOW + 10}.${login(1)}.0~`)
      const settled = await registry?.ask(ada, { do: 'settle', at: NOW + 10, until: UNTIL })
      expect(settled?.mark).toBe(`carryon1.${NOW + 10}.${login(1)}.0`)
      const left = await registry?.ask(ada, { do: 'list', now: NOW })
      expect(left?.sessions).toEqual([row(1)])
      await registry?.ask(ada, { do: 'renew', row: row(2), sawMark: 0 })
      expect((await registry?.ask(ada, { do: 'list', now: NOW }))?.sessions).toHaveLength(1)
      const second = await registry?.ask(ada, { ...mark, now: NOW - 5000 })
      expect(second?.mark).toBe(`carryon1.${NOW + 11}~`)
      // What took the place of another mark is not settled with that.
      const other = await registry?.ask(ada, { do: 'settle', at: NOW + 10, until: UNTIL })
      expect(other?.mark).toBe(`carryon1.${NOW + 11}~`)
      expect((await registry?.ask(ada, { do: 'list', now: NOW }))?.sessions).toEqual([])
    },
  },
  {
    promise: 'of ten admissions at once as many count as there is room for',
    needs: 'registry',
    async check({ store: { registry } }) {
      for (const otherwise of ['reject', 'end-oldest'] as const) {
        const ada = key()
        const most = { count: 3, otherwise }
        const replies = await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            registry?.ask(ada, { do: 'admit', row: row(n), most, now: NOW, until: UNTIL }),
          ),
        )
        const admitted = replies.filter((reply) => reply?.isAdmitted).length
        expect(admitted).toBe(otherwise === 'reject' ? 3 : 10)
        expect((await registry?.ask(ada, { do: 'list', now: NOW }))?.sessions).toHaveLength(3)
      }
    },
  },
]

/** Sessions on two nodes with a store that something can happen to. */
async function scene(
  { store }: MarksFixture,
  onUnavailable: 'allow' | 'deny',
  lag = 0,
): Promise<{ fleet: Fleet; faults: FaultyMarks; errors: () => SessionEvent[] }> {
  let faults: FaultyMarks | undefined
  const fleet = new Fleet({
    ...{ onUnavailable, lag, timeout: 1 },
    store: ({ read }) => {
      faults = faultyMarks(store, read)
      return faults
    },
  })
  // The objects of a store go by the time of day.
  fleet.clock.now = Date.now()
  if (!faults) throw new Error('no store')
  const errors = () => fleet.nodes.flatMap((node) => node.told('revocation-error'))
  return { fleet, faults, errors }
}

const user = () => `user ${key()}`

/** Runs every case of the contract against a store, each on a fixture of its own. */
export function marksContract(
  name: string,
  makeFixture: () => MarksFixture | Promise<MarksFixture>,
): void {
  describe(`${name} keeps the promises of a revocation store`, () => {
    for (const { promise, needs, check } of CASES) {
      test(promise, async (context) => {
        const fixture = await makeFixture()
        const has = needs === 'registry' ? fixture.store.registry : needs && fixture[needs]
        if (needs !== undefined && has === undefined) context.skip(`it has no ${needs}`)
        await check(fixture)
      })
    }
  })

  describe(`with ${name}`, () => {
    test('a user is signed out on every node, and a later login stays', async () => {
      const { fleet } = await scene(await makeFixture(), 'deny')
      const ada = user()
      const browsers = [await fleet.loggedIn(ada, 0), await fleet.loggedIn(ada, 1)]
      await fleet.node(1).sessions.revoke({ subject: ada })
      for (const browser of browsers)
        for (const node of [0, 1]) expect(await fleet.who(browser, node)).toBe(undefined)
      fleet.clock.advance(1)
      expect(await fleet.who(await fleet.loggedIn(ada, 0), 1)).toBe(ada)
    })

    test('what lies for 60 s lets nobody pass for longer than that and the lag', async () => {
      const { fleet, faults } = await scene(await makeFixture(), 'deny', 60)
      const ada = user()
      const browser = await fleet.loggedIn(ada)
      const copy = copyOf(browser, fleet.clock)
      fleet.clock.advance(30)
      faults.plan.liesMs = 60_000
      await fleet.node(0).sessions.revoke({ subject: ada })
      // Where it was revoked, it is known at once.
      expect(await fleet.who(copyOf(copy, fleet.clock), 0)).toBe(undefined)
      for (let i = 0; i < 119; i++) {
        await fleet.at(copy, 1, ({ data }) => {
          data['n'] = i
        })
        fleet.clock.advance(1)
      }
      fleet.clock.advance(1)
      expect(await fleet.who(copy, 1)).toBe(undefined)
      // Nor does a login of these 60 s fall to it, whose node had not seen the mark.
      if (!faults.isImmediate) {
        await fleet.node(0).sessions.revoke({ subject: ada })
        fleet.clock.advance(1)
        const fresh = await fleet.loggedIn(ada, 1)
        fleet.clock.advance(200)
        expect(await fleet.who(fresh, 1)).toBe(ada)
      }
    })

    test.each(['fails', 'hangs', 'garbles'] as const)(
      'what %s lets sessions pass with allow, and not with deny, and touches no data',
      async (fault) => {
        const failure = { fails: 'failed', hangs: 'timeout', garbles: 'invalid' }[fault]
        for (const onUnavailable of ['allow', 'deny'] as const) {
          const { fleet, faults, errors } = await scene(await makeFixture(), onUnavailable)
          const ada = user()
          const browser = await fleet.loggedIn(ada)
          await fleet.at(browser, 0, ({ data }) => {
            data['cart'] = 1
          })
          faults.plan.fault = fault
          faults.plan.on = 'reads'
          await fleet.at(browser, 1, (session) => {
            expect(session.subject).toBe(onUnavailable === 'allow' ? ada : undefined)
            expect(session.data).toEqual(onUnavailable === 'allow' ? { cart: 1 } : {})
            session.data['during'] = 1
          })
          expect(errors()).toContainEqual(
            expect.objectContaining({ operation: 'check', failure, policy: onUnavailable }),
          )
          faults.plan.fault = undefined
          await fleet.at(browser, 0, (session) => {
            expect(session.subject).toBe(ada)
            const during = onUnavailable === 'allow' ? { during: 1 } : {}
            expect(session.data).toEqual({ cart: 1, ...during })
          })
        }
      },
    )

    test('a store that is down stops no logout, and no login with allow; revoke() throws', async () => {
      for (const onUnavailable of ['allow', 'deny'] as const) {
        const { fleet, faults, errors } = await scene(await makeFixture(), onUnavailable)
        const ada = user()
        const browser = await fleet.loggedIn(ada)
        faults.plan.fault = 'fails'
        await fleet.at(browser, 1, (session) => {
          session.destroy()
          session.flash('notice', 'Goodbye')
        })
        expect(errors()).toContainEqual(expect.objectContaining({ operation: 'end' }))
        const error = await errorOf(() => fleet.node().sessions.revoke({ subject: ada }))
        expect(error).toBeInstanceOf(RevocationUnavailable)
        const login = fleet.loggedIn(ada)
        if (onUnavailable === 'deny')
          expect(await errorOf(() => login)).toBeInstanceOf(RevocationUnavailable)
        else await login
        faults.plan.fault = undefined
        await fleet.at(browser, 0, ({ subject, flashed }) => {
          expect([subject, flashed]).toEqual([undefined, { notice: 'Goodbye' }])
        })
        if (onUnavailable === 'allow') expect(await fleet.who(await login, 0)).toBe(ada)
      }
    })

    test('a logout waits no longer than the timeout for a store that hangs', async () => {
      const { fleet, faults, errors } = await scene(await makeFixture(), 'deny')
      const browser = await fleet.loggedIn(user())
      faults.plan.fault = 'hangs'
      faults.plan.on = 'writes'
      await fleet.at(browser, 0, (session) => session.destroy())
      expect(errors()).toEqual([expect.objectContaining({ operation: 'end', failure: 'timeout' })])
      expect(await fleet.who(browser, 1)).toBe(undefined)
    })
  })
}
