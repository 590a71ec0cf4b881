import { describe, expect, test } from 'vitest'
import { SessionCommitted, SessionDestroyed } from '../../src/index.ts'
import type { Session } from '../../src/session/session.ts'
import { errorOf, type Loose, Shop } from '../support/visitor.ts'

interface Rich {
  plain: { nested: { list: number[] } }
  map: Map<string, { a: number }>
  byPlace: Map<{ x: number }, string>
  set: Set<string>
  date: Date
  url: URL
  frozen: { readonly list: number[] }
  count: number
  extra?: string
}

function rich(): Rich {
  return {
    plain: { nested: { list: [1] } },
    map: new Map([['k', { a: 1 }]]),
    byPlace: new Map([[{ x: 1 }, 'home']]),
    set: new Set(['s']),
    date: new Date(0),
    url: new URL('https://example.com/'),
    frozen: Object.freeze({ list: [1] }),
    count: 1,
  }
}

const changes: Record<string, (session: Session<Rich>) => unknown> = {
  'data in place': ({ data }) => {
    data.count = 2
  },
  'data by a new key': ({ data }) => {
    data.extra = 'x'
  },
  'data by deleting a key': ({ data }) =>
    (delete data.extra && Reflect.deleteProperty(data, 'count')) || fail(),
  'nested data': ({ data }) => {
    data.plain.nested = { list: [] }
  },
  'a nested list': ({ data }) => data.plain.nested.list.push(2),
  'a Map': ({ data }) => data.map.set('k', { a: 2 }),
  'a Map by clear()': ({ data }) => data.map.clear(),
  'an object in a Map': ({ data }) => {
    const item = data.map.get('k')
    if (item) item.a = 2
  },
  'an object that is a key of a Map': ({ data }) => {
    const [key] = data.byPlace.keys()
    if (key) key.x = 2
  },
  'a Set': ({ data }) => data.set.add('t'),
  'a Set by delete()': ({ data }) => data.set.delete('s'),
  'a Date': ({ data }) => data.date.setTime(1),
  'a Date by setUTCHours()': ({ data }) => data.date.setUTCHours(1),
  'a URL': ({ data }) => {
    data.url.pathname = '/x'
  },
  "a URL's parameters": ({ data }) => data.url.searchParams.set('a', 'b'),
  'what was frozen, inside': ({ data }) => data.frozen.list.push(2),
  'all of the data': (session) => {
    session.data = rich()
  },
  'the subject': (session) => {
    session.subject = 'ada'
  },
  'flash()': (session) => session.flash('notice', 'hi'),
  'increment()': (session) => session.increment('count'),
  'regenerate()': (session) => session.regenerate(),
}

function fail(): never {
  throw new TypeError('not deleted')
}

/** A change in place of data that is frozen is a TypeError of the language. */
function isRefusal(error: unknown, kind: typeof SessionCommitted | typeof SessionDestroyed) {
  return error instanceof kind || error instanceof TypeError
}

describe('after commit() it throws to change', () => {
  for (const [name, change] of Object.entries(changes)) {
    test(`${name}, in a new session`, async () => {
      const shop = new Shop({ initial: rich })
      await shop.visit(async (session) => {
        session.data.count = 5
        await session.commit()
        expect(isRefusal(await errorOf(() => change(session)), SessionCommitted)).toBe(true)
      })
      expect((await shop.look()).count).toBe(5)
    })

    test(`${name}, in a session that was only read`, async () => {
      const shop = new Shop({ initial: rich })
      await shop.visit(({ data }) => {
        data.count = 5
      })
      const before = shop.visitor.cookie
      await shop.visit(async (session) => {
        expect(session.data.count).toBe(5)
        await session.commit()
        expect(isRefusal(await errorOf(() => change(session)), SessionCommitted)).toBe(true)
      })
      expect(shop.visitor.cookie).toBe(before)
    })
  }

  test('a session whose data was not looked at before', async () => {
    const shop = new Shop({ initial: rich })
    await shop.visit(async (session) => {
      await session.commit()
      for (const change of Object.values(changes)) {
        expect(isRefusal(await errorOf(() => change(session)), SessionCommitted)).toBe(true)
      }
    })
    expect(shop.visitor.cookie).toBe('')
  })

  test('destroy(): it could not end what has left', async () => {
    const shop = new Shop()
    await shop.visit(async (session) => {
      session.data['a'] = 1
      await session.commit()
      expect(await errorOf(() => session.destroy())).toBeInstanceOf(SessionCommitted)
    })
    expect(await shop.look()).toEqual({ a: 1 })
  })
})

describe('after the answer was made it throws to change', () => {
  test('the session that handle() passed in', async () => {
    const shop = new Shop()
    let kept: Session<Loose> | undefined
    const fetch = shop.sessions.handle((_, session) => {
      kept = session
      session.data['a'] = 1
      return new Response('ok')
    })
    await shop.visitor.send(fetch)
    const error = await errorOf(() => kept?.increment('a'))
    expect(error).toMatchObject({ code: 'ERR_COMMITTED' })
    expect(String(error)).toContain('increment() was called after the session was committed')
  })
})

describe('after destroy() it throws to change', () => {
  // A message is for the session that comes next.
  const { 'flash()': _, ...others } = changes
  for (const [name, change] of Object.entries(others)) {
    test(name, async () => {
      const shop = new Shop({ initial: rich })
      await shop.visit(({ data }) => {
        data.count = 5
      })
      await shop.visit(async (session) => {
        expect(session.data.count).toBe(5)
        session.destroy()
        expect(isRefusal(await errorOf(() => change(session)), SessionDestroyed)).toBe(true)
        session.destroy()
      })
      expect(await shop.look()).toEqual(rich())
    })
  }
})

describe('what the session froze', () => {
  test('can still be read: data, id, subject, flashed, times', async () => {
    const shop = new Shop({ initial: rich })
    await shop.visit(async (session) => {
      session.data.count = 5
      session.subject = 'ada'
      await session.commit()
      expect(session.data.map.get('k')).toEqual({ a: 1 })
      expect([...session.data.set]).toEqual(['s'])
      expect(session.data.date.toISOString()).toBe('1970-01-01T00:00:00.000Z')
      expect(session.data.url.href).toBe('https://example.com/')
      expect(session.subject).toBe('ada')
      expect(session.flashed).toEqual({})
      expect(session.id).toMatch(/^[\w-]{22}$/)
    })
  })

  test('commit() twice makes the cookies once', async () => {
    const shop = new Shop()
    await shop.visit(async (session) => {
      session.data['a'] = 1
      await Promise.all([session.commit(), session.commit()])
      await session.commit()
    })
    expect(shop.visitor.setCookies).toHaveLength(1)
    expect(shop.told('committed')).toHaveLength(1)
  })
})
