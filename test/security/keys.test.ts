import { describe, expect, test } from 'vitest'
import { BrowserJar } from '../../src/testing/browser-jar.ts'
import { Clock, ORIGIN, OTHER_SECRET, SECRET, Shop, Visitor } from '../support/visitor.ts'
import { cookiesOf, Node, STAGES, secretOf, send } from './fleet.ts'

/** Shops on nodes with these secrets, which the same browser visits. */
function shops(...secrets: readonly (readonly string[])[]): Shop[] {
  const clock = new Clock()
  const visitor = new Visitor(clock)
  return secrets.map((each) => new Shop({ secrets: each }, { clock, visitor }))
}

const write = (shop: Shop, key: string) =>
  shop.visit((session) => {
    session.data[key] = 1
    return session.id
  })

describe('a rotation in three deploys', () => {
  test('distribute, seal, retire an idle timeout later: no request on any node finds no session', async () => {
    let now = 1_800_000_000_000
    const jar = new BrowserJar({ clock: () => now })
    const idle = 600
    const nodes = STAGES.map((secrets) => new Node(secrets, () => now, idle))
    let id: string | undefined
    let count = 0
    const visit = async (stage: number) => {
      const pending = await send(nodes[stage] ?? expect.fail(), jar, `k${count++ % 5}`)
      id ??= pending.id
      expect(pending.id).toBe(id)
      return pending.setCookies()
    }
    jar.store(await visit(0), ORIGIN)
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 2],
      [2, 3],
    ] as const) {
      // While the three nodes are deployed one after the other, each gets requests, and some come at once.
      for (let round = 0; round < 12; round++) {
        const answers = [await visit(from), await visit(to), await visit(round % 2 ? from : to)]
        for (const lines of answers.reverse()) jar.store(lines, ORIGIN)
        now += (idle / 8) * 1000
      }
    }
    expect([...cookiesOf(jar).values()].map(secretOf)).not.toContain(SECRET)
    const session = await (nodes[3] ?? expect.fail()).sessions.open(
      new Request(ORIGIN, { headers: { cookie: jar.header(ORIGIN) ?? '' } }),
    )
    expect(session.data).toMatchObject({ k0: 1, k4: 1, hits: count })
  })

  test('a session that is only read is sealed anew by its next renewal, with an event', async () => {
    const [before, after] = shops([SECRET], [OTHER_SECRET, SECRET])
    if (!before || !after) return expect.fail()
    await write(before, 'a')
    await after.visit(({ data }) => data)
    expect(after.told('rotated')).toEqual([])
    after.clock.advance(180)
    await after.visit(({ data }) => data)
    expect(after.told('rotated', 'renewed')).toEqual([{ type: 'renewed' }, { type: 'rotated' }])
    expect([...cookiesOf(after.visitor.jar).values()].map(secretOf)).toEqual([OTHER_SECRET])
  })

  test('a session that is written to is sealed anew at once, all of it, with an event', async () => {
    const [before, after] = shops([SECRET], [OTHER_SECRET, SECRET])
    if (!before || !after) return expect.fail()
    for (const key of ['a', 'b', 'c']) await write(before, key)
    await write(after, 'd')
    expect(after.told('rotated')).toEqual([{ type: 'rotated' }])
    const secrets = [...cookiesOf(after.visitor.jar).values()].map(secretOf)
    expect(new Set(secrets)).toEqual(new Set([OTHER_SECRET]))
    expect(await after.look()).toEqual({ a: 1, b: 1, c: 1, d: 1 })
  })
})

describe('a node that does not know the secret of a cookie', () => {
  async function blindAndKnowing() {
    const [knowing, blind, both] = shops([OTHER_SECRET, SECRET], [SECRET], [SECRET, OTHER_SECRET])
    if (!knowing || !blind || !both) return expect.fail()
    const id = await write(knowing, 'cart')
    return { knowing, blind, both, id, cookie: knowing.visitor.cookie }
  }

  test('treats it as unknown, reports it, and does not delete it, read or written', async () => {
    const { blind, cookie } = await blindAndKnowing()
    expect(await blind.visit(({ data, isNew }) => ({ ...data, isNew }))).toEqual({ isNew: true })
    expect(blind.events).toEqual([{ type: 'rejected', reason: 'unknown-key', count: 1 }])
    await write(blind, 'other')
    blind.clock.advance(1000)
    await write(blind, 'another')
    expect(blind.visitor.cookie).toContain(cookie)
  })

  test('starts a session that yields to the one it cannot read', async () => {
    const { knowing, blind, both, id } = await blindAndKnowing()
    const own = await write(blind, 'other')
    expect(own).not.toBe(id)
    expect(await write(blind, 'more')).toBe(own)
    expect(await blind.look()).toEqual({ other: 1, more: 1 })
    for (const node of [knowing, both]) expect(await node.look()).toEqual({ cart: 1 })
    expect(await write(knowing, 'more')).toBe(id)
    expect(await both.look()).toEqual({ cart: 1, more: 1 })
  })

  test('can let somebody log in: then the login wins everywhere, and a new id alone does not', async () => {
    for (const login of ['subject', 'regenerate', 'later'] as const) {
      const { knowing, blind } = await blindAndKnowing()
      if (login === 'later') await write(blind, 'other')
      await blind.visit((session) => {
        if (login === 'subject') session.subject = 'user-1'
        else session.regenerate()
        session.data['in'] = login
      })
      // A new id alone is no login.
      expect(await knowing.look()).toEqual(login === 'subject' ? { in: login } : { cart: 1 })
    }
  })

  test('can log somebody out: the session that it could not read has ended as well', async () => {
    for (const provisional of [true, false]) {
      const { knowing, blind, cookie } = await blindAndKnowing()
      if (provisional) await write(blind, 'other')
      await blind.visit((session) => session.destroy())
      expect(blind.visitor.cookie).toContain(cookie)
      expect(await knowing.look()).toEqual({})
      await write(knowing, 'next')
      expect(await knowing.look()).toEqual({ next: 1 })
    }
  })

  test('does not bring back what was logged out elsewhere, nor lose what comes after it', async () => {
    const { knowing, blind, both } = await blindAndKnowing()
    await write(blind, 'before')
    const late = blind.visitor.cookie
    await knowing.visit((session) => session.destroy())
    // So long a session that a blind node starts could be one that it started before the end.
    blind.clock.advance(61)
    await write(blind, 'after')
    expect(await blind.look()).toEqual({ after: 1 })
    expect(await both.look()).toEqual({ after: 1 })
    const session = await both.sessions.open(
      new Request(ORIGIN, { headers: { cookie: `${late}; ${blind.visitor.cookie}` } }),
    )
    expect(session.data).not.toHaveProperty('cart')
  })

  test('serves its own sessions as ever when the unknown cookie never makes sense again', async () => {
    const { blind } = await blindAndKnowing()
    await write(blind, 'a')
    for (let i = 0; i < 200; i++) {
      blind.clock.advance(i % 2 === 0 ? 1 : 100)
      await blind.visit((session) => session.increment('count'))
    }
    expect(await blind.look()).toEqual({ a: 1, count: 200 })
    await blind.visit((session) => session.destroy())
    await write(blind, 'b')
    expect(await blind.look()).toEqual({ b: 1 })
  })
})
