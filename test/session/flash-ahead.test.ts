/** Requests of which nobody may see the response show messages, and leave them. */
import { describe, expect, test } from 'vitest'
import { Site } from '../hono/app.ts'
import { Shop } from '../support/visitor.ts'

const AHEAD: [string, RequestInit][] = [
  ['a HEAD request', { method: 'HEAD' }],
  ['a prefetch', { headers: { 'Sec-Purpose': 'prefetch' } }],
  ['a prerender', { headers: { 'Sec-Purpose': 'prefetch;prerender' } }],
]

describe.each(AHEAD)('%s', (_, init) => {
  test('shows what is flashed, without taking it', async () => {
    const { sessions, visitor, visit } = shopWithMessage()
    await visit((session) => session.flash('notice', 'hi'))
    const session = await sessions.open(visitor.request('/', init))
    expect(session.flashed).toEqual({ notice: 'hi' })
    expect(session.flashes).toEqual([{ key: 'notice', value: 'hi' }])
    const response = await sessions.commit(session, new Response('ok'))
    expect(response.headers.getSetCookie()).toEqual([])
    await visit(({ flashed }) => expect(flashed).toEqual({ notice: 'hi' }))
    await visit(({ flashed }) => expect(flashed).toEqual({}))
  })

  test('may flash something itself, which joins what is there', async () => {
    const { sessions, visitor, visit } = shopWithMessage()
    await visit((session) => session.flash('a', 1))
    const session = await sessions.open(visitor.request('/', init))
    expect(session.flashed).toEqual({ a: 1 })
    session.flash('b', 2)
    visitor.take(await sessions.commit(session, new Response('ok')))
    await visit(({ flashed }) => expect(flashed).toEqual({ a: 1, b: 2 }))
  })

  test('is the same with Hono', async () => {
    const site = new Site()
    site.app.get('/', (c) => c.json(c.var.session.flashed))
    await site.fill((session) => session.flash('notice', 'hi'))
    await site.send('/', init)
    expect(site.visitor.setCookies).toEqual([])
    expect(await (await site.send('/')).json()).toEqual({ notice: 'hi' })
    expect(await (await site.send('/')).json()).toEqual({})
  })
})

function shopWithMessage() {
  const shop = new Shop()
  const visit: typeof shop.visit = (fn) => shop.visit(fn)
  return { sessions: shop.sessions, visitor: shop.visitor, visit }
}
