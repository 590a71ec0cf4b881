import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import type { SessionRow } from '../../src/index.ts'
import { durableObjectMarks } from '../../src/stores/durable-object.ts'
import { workersKVMarks } from '../../src/stores/workers-kv.ts'
import { LONG_MS, runs, SEED } from '../model/budget.ts'
import { marksContract } from '../revocation/contract.ts'
import { Fleet } from '../revocation/fleet.ts'
import { History, shuffled } from '../revocation/histories.ts'

marksContract('durableObjectMarks in workerd', () => ({
  store: durableObjectMarks(env.REVOCATIONS),
  otherNode: durableObjectMarks(env.REVOCATIONS),
}))

marksContract('workersKVMarks on the KV of workerd', () => ({
  store: workersKVMarks(env.SESSIONS),
  otherNode: workersKVMarks(env.SESSIONS),
}))

const stubOf = (name: string) => env.REVOCATIONS.get(env.REVOCATIONS.idFromName(name))
let count = 0
const fresh = () => `a subject of its own ${count++}`

const row = (n: number, expires: number): SessionRow => ({
  ...{ login: `login-number-${n}`, id: `12345678login-number-${n}`, began: Date.now() + n },
  ...{ seen: Date.now(), expires, label: '' },
})

describe('the Durable Object of workerd', () => {
  test('keeps marks, ends and sessions when it is evicted, or fails in the middle', async () => {
    const { registry, get, put } = durableObjectMarks(env.REVOCATIONS)
    const subject = fresh()
    const until = Date.now() + 3_600_000
    const ask = { now: Date.now(), until }
    const ends = [
      () => evictDurableObject(stubOf(`subject ${subject}`)),
      () => abortAllDurableObjects(),
    ]
    for (const [n, end] of ends.entries()) {
      await registry.ask(subject, { do: 'admit', row: row(n, until), ...ask })
      await put(`${subject} ${n}`, 'carryon1.1764194400000', 3600)
      await end()
      const { sessions } = await registry.ask(subject, { do: 'list', now: Date.now() })
      expect(sessions).toHaveLength(n + 1)
      expect(await get([`${subject} ${n}`])).toEqual(['carryon1.1764194400000'])
    }
    await registry.ask(subject, { do: 'end', logins: ['login-number-0'], until })
    await abortAllDurableObjects()
    const check = await registry.ask(subject, { do: 'check', login: 'login-number-0' })
    expect(check.isEnded).toBe(true)
    // Calls that are under way when their object ends are made once more.
    const calls = Array.from({ length: 20 }, (_, i) =>
      registry.ask(subject, { do: 'renew', row: row(1, until + i), sawMark: 0 }),
    )
    await abortAllDurableObjects()
    await Promise.all(calls)
    expect((await registry.ask(subject, { do: 'list', now: Date.now() })).sessions).toHaveLength(1)
  })

  test('signs out everywhere, though it is evicted and restarted between any two requests', async () => {
    const all = new Fleet({ nodes: 4, lag: 0, store: () => durableObjectMarks(env.REVOCATIONS) })
    all.clock.now = Date.now()
    const ada = fresh()
    const browsers = await Promise.all([0, 1, 2, 3, 4].map((i) => all.loggedIn(ada, i)))
    await abortAllDurableObjects()
    expect(await all.who(browsers[0] ?? all.browser(), 3)).toBe(ada)
    await all.node(2).sessions.revoke({ subject: ada })
    await abortAllDurableObjects()
    for (const [i, browser] of browsers.entries())
      expect(await all.who(browser, i + 1)).toBe(undefined)
  })

  test('stores nothing where it was only asked, and nothing once all has expired', async () => {
    const { registry } = durableObjectMarks(env.REVOCATIONS)
    const tables = (name: string) =>
      runInDurableObject(stubOf(name), (_, { storage }) =>
        storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'rows'").toArray(),
      )
    const subject = fresh()
    await registry.ask(subject, { do: 'check', login: 'login-number-0' })
    await registry.ask(subject, { do: 'list', now: Date.now() })
    expect(await tables(`subject ${subject}`)).toEqual([])
    expect(await runDurableObjectAlarm(stubOf(`subject ${subject}`))).toBe(false)

    const hours = 3_600_000
    const past = Date.now() - 2 * hours
    await registry.ask(subject, { do: 'admit', row: row(0, past), now: past, until: past })
    await registry.ask(subject, {
      do: 'end',
      logins: ['login-number-1'],
      until: Date.now() + hours,
    })
    expect(await runDurableObjectAlarm(stubOf(`subject ${subject}`))).toBe(true)
    const isEnded = async () =>
      (await registry.ask(subject, { do: 'check', login: 'login-number-1' })).isEnded
    expect(await isEnded()).toBe(true)
    await registry.ask(subject, { do: 'end', logins: ['login-number-1'], until: past })
    expect(await runDurableObjectAlarm(stubOf(`subject ${subject}`))).toBe(true)
    expect(await tables(`subject ${subject}`)).toEqual([])
    expect(await isEnded()).toBe(false)
    await registry.ask(subject, {
      do: 'end',
      logins: ['login-number-1'],
      until: Date.now() + hours,
    })
    expect(await isEnded()).toBe(true)
  })

  test('lists exactly the sessions that live, after any history', {
    timeout: LONG_MS,
  }, async () => {
    for (let i = 0; i < runs(1000); i++) {
      const store = shuffled(durableObjectMarks(env.REVOCATIONS), i)
      const history = new History(SEED + i, () => store, Date.now())
      await history.run(25)
      await store.flush()
      const { expected, listed } = await history.compare()
      expect(listed, `history ${i}`).toEqual(expected)
      expect(await history.wrong(), `history ${i}`).toEqual([])
    }
  })
})
