import { HTTPException } from 'hono/http-exception'
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/hono.ts'
import { OverflowUnavailable, SessionTooLarge, ValueError } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { errorOf, type Loose } from '../support/visitor.ts'
import { Site } from './app.ts'

interface Deep {
  list: { a: number }[]
  map: Map<string, { a: number }>
  date: Date
}

const deep = (): Deep => ({
  list: [{ a: 1 }],
  map: new Map([['k', { a: 1 }]]),
  date: new Date(0),
})

/** A site whose visitor has a session with nested data. */
async function visitedSite(options = {}): Promise<Site> {
  const site = new Site(options)
  await site.fill((session) => {
    session.data = { deep: deep() }
  })
  return site
}

const changes: Record<string, (session: Session<Loose>) => unknown> = {
  'in place': ({ data }) => {
    data['new'] = 1
  },
  'in nested data, a Map and a Date': ({ data }) => {
    const { list, map, date } = data['deep'] as Deep
    list.push({ a: 2 })
    for (const item of list) item.a = 9
    const item = map.get('k')
    if (item) item.a = 9
    map.set('other', { a: 3 })
    date.setTime(9)
  },
  'all of the data': (session) => {
    session.data = {}
  },
  'the subject': (session) => {
    session.subject = 'eve'
  },
  'by regenerate()': (session) => session.regenerate(),
  'by destroy()': (session) => session.destroy(),
  'by flash()': (session) => session.flash('notice', 'hi'),
  'by increment()': (session) => session.increment('visits'),
}

const errors: Record<string, () => unknown> = {
  'an Error': () => new Error('of the handler'),
  'an HTTPException': () => new HTTPException(403, { message: 'no' }),
  'an HTTPException with a response': () =>
    new HTTPException(403, { res: new Response('no', { status: 403 }) }),
}

describe('a handler that throws leaves the session exactly as it was', () => {
  for (const [how, change] of Object.entries(changes)) {
    for (const [what, error] of Object.entries(errors)) {
      test(`changed ${how}, with ${what}`, async () => {
        const site = await visitedSite()
        const before = site.visitor.cookie
        site.app.onError((thrown, c) =>
          thrown instanceof HTTPException ? thrown.getResponse() : c.text('sorry', 500),
        )
        site.app.get('/', (c) => {
          change(c.var.session)
          throw error()
        })
        site.app.get('/read', (c) => {
          expect(c.var.session.data).toEqual({ deep: deep() })
          expect(c.var.session.subject).toBe(undefined)
          expect(c.var.session.flashed).toEqual({})
          return c.text('as it was')
        })
        expect((await site.send('/')).status).toBeGreaterThanOrEqual(400)
        expect(site.visitor.setCookies).toEqual([])
        expect(site.visitor.cookie).toBe(before)
        expect(await (await site.send('/read')).text()).toBe('as it was')
        expect(site.visitor.setCookies).toEqual([])
      })
    }
  }

  test('what is not an Error passes through, and nothing is saved either', async () => {
    const site = await visitedSite()
    site.app.get('/', (c) => {
      c.var.session.data['new'] = 1
      throw 'text'
    })
    expect(await errorOf(() => site.app.request(site.visitor.request('/')))).toBe('text')
  })

  test('a middleware that catches the error cannot change the session any more', async () => {
    const site = new Site({}, true)
    let refused: unknown
    site.app.use(async (c, next) => {
      await next()
      refused = await errorOf(() => c.var.session.increment('visits'))
    })
    site.app.use(site.middleware())
    site.app.get('/', () => {
      throw new Error('of the handler')
    })
    site.app.onError((_, c) => c.text('sorry', 500))
    await site.send('/')
    expect(refused).toMatchObject({ code: 'ERR_COMMITTED' })
  })
})

describe('an error while saving reaches app.onError, and no cookie leaves', () => {
  const store = faultyStore(memoryStore(), { put: 'rejects' })
  const cases: readonly (readonly [
    what: string,
    options: object,
    value: unknown,
    kind: unknown,
  ])[] = [
    ['SessionTooLarge', {}, 'x'.repeat(9000), SessionTooLarge],
    ['ValueError', {}, () => 1, ValueError],
    ['OverflowUnavailable', { overflow: store }, 'x'.repeat(9000), OverflowUnavailable],
  ]
  for (const [what, options, value, kind] of cases) {
    test(what, async () => {
      const site = await visitedSite(options)
      const before = site.visitor.cookie
      const caught: Error[] = []
      site.app.onError((error, c) => {
        caught.push(error)
        return c.text('sorry', 500)
      })
      site.app.get('/', (c) => {
        c.var.session.data['value'] = value
        return c.text('ok', 200, { 'X-Own': '1' })
      })
      const response = await site.send('/')
      expect(response.status).toBe(500)
      expect(await response.text()).toBe('sorry')
      expect(response.headers.get('Cache-Control')).toBe('private, no-store')
      expect(caught).toHaveLength(1)
      expect(caught[0]).toBeInstanceOf(kind)
      expect(site.visitor.setCookies).toEqual([])
      expect(site.visitor.cookie).toBe(before)
    })
  }
})
