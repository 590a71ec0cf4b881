import { describe, expect, test } from 'vitest'
import { createSessions } from '../../src/index.ts'
import { errorOf, ORIGIN, SECRET, Shop } from '../support/visitor.ts'

describe('what the app puts into the data stays its own', () => {
  test('it is not frozen by the commit, while the data is', async () => {
    const defaults = { theme: 'dark', tags: ['a'], map: new Map([['k', 1]]), date: new Date(0) }
    const shop = new Shop()
    await shop.visit(async (session) => {
      session.data['prefs'] = defaults
      await session.commit()
      expect(session.data['prefs']).toEqual(defaults)
      const frozen = session.data['prefs'] as typeof defaults
      expect(await errorOf(() => frozen.tags.push('b'))).toBeInstanceOf(TypeError)
      expect(await errorOf(() => frozen.map.set('k', 2))).toMatchObject({ code: 'ERR_COMMITTED' })
    })
    defaults.theme = 'light'
    defaults.tags.push('b')
    defaults.map.set('k', 2)
    defaults.date.setTime(1)
    expect(await shop.look()).toMatchObject({ prefs: { theme: 'dark', tags: ['a'] } })
  })

  test('also inside of a list, a Map and a Set, and as all of the data', async () => {
    const own = { a: 1 }
    const shop = new Shop()
    await shop.visit(async (session) => {
      session.data = { list: [own], map: new Map([['k', own]]), set: new Set([own]) }
      await session.commit()
      expect(session.data).toEqual({ list: [own], map: new Map([['k', own]]), set: new Set([own]) })
      expect(Object.isFrozen(session.data)).toBe(true)
    })
    own.a = 2
    expect(await shop.look()).toMatchObject({ list: [{ a: 1 }] })
  })

  test('it may stand in the data twice', async () => {
    const own = { a: 1 }
    const shop = new Shop()
    await shop.visit(async (session) => {
      session.data = { one: own, two: own }
      await session.commit()
    })
    expect(await shop.look()).toEqual({ one: { a: 1 }, two: { a: 1 } })
  })

  test('what is never stored is not touched at all', async () => {
    const connection = { open: true, close: () => 1, nested: { queries: 0 } }
    const sessions = createSessions<{ connection?: typeof connection; a?: number }>({
      secrets: SECRET,
      initial: () => ({}),
      transient: ['connection'],
    })
    const session = await sessions.open(new Request(ORIGIN))
    session.data.connection = connection
    session.data.a = 1
    await session.commit()
    connection.nested.queries++
    connection.open = false
    expect(session.data.connection).toBe(connection)
  })
})

describe('while commit() is under way', () => {
  test('the session cannot be changed: it would not be saved', async () => {
    const shop = new Shop()
    await shop.visit(async (session) => {
      session.data['a'] = 1
      const saving = session.commit()
      expect(await errorOf(() => session.increment('a'))).toMatchObject({ code: 'ERR_COMMITTED' })
      expect(await errorOf(() => session.destroy())).toMatchObject({ code: 'ERR_COMMITTED' })
      await saving
    })
    expect(await shop.look()).toEqual({ a: 1 })
  })
})
