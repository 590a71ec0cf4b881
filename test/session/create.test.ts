import { describe, expect, test } from 'vitest'
import { createSessions } from '../../src/index.ts'
import { errorOf, ORIGIN, SECRET, Shop } from '../support/visitor.ts'

describe('createSessions', () => {
  test('opens and commits around a plain fetch handler', async () => {
    const shop = new Shop()
    const fetch = shop.sessions.handle(async (request, session) => {
      session.increment('visits')
      return Response.json({ path: new URL(request.url).pathname, ...session.data })
    })
    await shop.visitor.send(fetch, '/a')
    const response = await shop.visitor.send(fetch, '/b')
    expect(await response.json()).toEqual({ path: '/b', visits: 2 })
  })

  test('adds the cookies to responses whose headers cannot be changed', async () => {
    const shop = new Shop()
    for (const response of [
      Response.redirect(`${ORIGIN}/next`, 303),
      new Response(null, { status: 204 }),
    ]) {
      const fetch = shop.sessions.handle((_, session) => {
        session.increment('visits')
        return response
      })
      const answer = await shop.visitor.send(fetch)
      expect(answer.status).toBe(response.status)
      expect(answer.headers.get('Location')).toBe(response.headers.get('Location'))
      expect(shop.visitor.setCookies.length).toBeGreaterThan(0)
    }
    expect(await shop.look()).toEqual({ visits: 2 })
  })

  test('keeps the cookies that the app sets itself', async () => {
    const shop = new Shop()
    const fetch = shop.sessions.handle((_, session) => {
      session.increment('visits')
      const response = new Response('ok', { headers: { 'Set-Cookie': 'theme=dark' } })
      response.headers.append('Set-Cookie', 'lang=en')
      return response
    })
    const response = await shop.visitor.send(fetch)
    const names = response.headers.getSetCookie().map((line) => line.split(/[.=]/)[0])
    expect(names).toEqual(['theme', 'lang', '__Host-session'])
  })

  test('saves nothing where the handler throws, also after in-place changes', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['deep'] = { list: [1], map: new Map([['a', new Date(0)]]) }
    })
    const before = shop.visitor.cookie
    const fetch = shop.sessions.handle((_, session) => {
      const deep = session.data['deep'] as { list: number[]; map: Map<string, Date> }
      deep.list.push(2)
      deep.map.get('a')?.setTime(1)
      session.subject = 'eve'
      throw new RangeError('of the handler')
    })
    expect(await errorOf(() => shop.visitor.send(fetch))).toBeInstanceOf(RangeError)
    expect(shop.visitor.cookie).toBe(before)
    expect(await shop.look()).toEqual({ deep: { list: [1], map: new Map([['a', new Date(0)]]) } })
  })

  test('reads the session of headers alone, such as those of an upgrade', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const headers = new Headers({ Cookie: shop.visitor.cookie, Upgrade: 'websocket' })
    expect((await shop.sessions.read(headers)).data).toEqual({ a: 1 })
    expect((await shop.sessions.read(new Headers())).isNew).toBe(true)
  })

  test('reads local cookies of headers where it is told the address', async () => {
    const shop = new Shop({}, { origin: 'http://localhost:8787' })
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const headers = new Headers({ Cookie: shop.visitor.cookie })
    expect((await shop.sessions.read(headers)).data).toEqual({})
    expect((await shop.sessions.read(headers, 'http://localhost:8787/x')).data).toEqual({ a: 1 })
    expect((await shop.sessions.read(headers, new URL('http://localhost'))).data).toEqual({ a: 1 })
  })

  test('a session that was only read says so when it is committed', async () => {
    const shop = new Shop()
    const session = await shop.sessions.read(new Headers())
    session.data['a'] = 1
    const error = await errorOf(() => session.commit())
    expect(String(error)).toContain('commit() of a session that read()')
  })

  test('commits only sessions that it opened itself, and none that was only read', async () => {
    const shop = new Shop()
    const other = await new Shop().sessions.open(new Request(ORIGIN))
    const read = await shop.sessions.read(new Headers())
    for (const session of [other, read])
      expect(await errorOf(() => shop.sessions.commit(session, new Response()))).toBeInstanceOf(
        TypeError,
      )
  })

  test('keeps two sessions of different names apart, though they share the secret', async () => {
    const shop = new Shop()
    const admin = new Shop(
      { cookie: { name: 'admin' } },
      { clock: shop.clock, visitor: shop.visitor },
    )
    await shop.visit(({ data }) => {
      data['who'] = 'visitor'
    })
    await admin.visit(({ data }) => {
      data['who'] = 'admin'
    })
    expect([await shop.look(), await admin.look()]).toEqual([{ who: 'visitor' }, { who: 'admin' }])
    await admin.visit((session) => session.destroy())
    expect([await shop.look(), await admin.look()]).toEqual([{ who: 'visitor' }, {}])
  })
})

describe('secrets', () => {
  const NEW = 'newer-only-for-tests-U29tZXRoaW5nRWxzZUVudGlyZWx5'

  for (const [what, secrets] of [
    ['a list', [NEW, SECRET]],
    ['text with commas', ` ${NEW} , ${SECRET}`],
  ] as const) {
    test(`as ${what}: a session of an old one opens, and is sealed with the newest at its next write`, async () => {
      const shop = new Shop()
      await shop.visit(({ data }) => {
        data['a'] = 1
      })
      shop.clock.advance(10)
      const shared = { clock: shop.clock, visitor: shop.visitor }
      const rotated = new Shop({ secrets }, shared)
      expect(await rotated.visit(({ data }) => data)).toEqual({ a: 1 })
      expect(shop.visitor.setCookies).toEqual([])
      await rotated.visit((session) => session.increment('a'))
      expect(rotated.told('rotated')).toHaveLength(1)
      const newest = new Shop({ secrets: NEW }, shared)
      expect(await newest.look()).toEqual({ a: 2 })
      await rotated.visit((session) => session.increment('a'))
      expect(rotated.told('rotated')).toHaveLength(1)
    })
  }

  test('that a node does not know yet leave the session to the others', async () => {
    const shop = new Shop({ secrets: [NEW, SECRET] })
    const behind = new Shop({ secrets: SECRET }, { clock: shop.clock, visitor: shop.visitor })
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    expect(await behind.visit(({ data }) => data)).toEqual({})
    expect(behind.told('rejected')).toEqual([{ type: 'rejected', reason: 'unknown-key', count: 1 }])
    expect(await shop.look()).toEqual({ a: 1 })
  })

  test('never show in what the sessions hold', () => {
    const sessions = createSessions({ secrets: SECRET })
    expect(JSON.stringify(sessions)).not.toContain(SECRET)
  })
})
