import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSessions, type OverflowStore } from '../../src/index.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import type { StandardSchema } from '../../src/options/standard-schema.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { errorOf, type Loose, Shop } from '../support/visitor.ts'

const MARK = 'user-data-7d1f'
const SECRET_MARK = 'secret-zW8kQ1'
const SECRET = `${SECRET_MARK}-abcdefghijklmnopqrstuvwxyz`
const failing: OverflowStore = {
  get: () => Promise.reject(new Error('down')),
  put: () => Promise.reject(new Error('down')),
}
/** A schema that quotes what it refuses, as some do. */
const quoting: StandardSchema<Loose> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => ({ issues: [{ message: `not ${JSON.stringify(value)}`, path: ['a'] }] }),
  },
}

/** All that can be seen of a value without calling its getters, which are there to give the data. */
function seen(value: unknown): string {
  const all = [
    inspect(value, { showHidden: true, depth: 20 }),
    inspect(value, { depth: 20, showProxy: true }),
    String(value),
    `${JSON.stringify(value)}`,
  ]
  try {
    all.push(inspect(structuredClone(value), { showHidden: true, depth: 20 }))
  } catch (error) {
    all.push(String(error))
  }
  for (let error: unknown = value; error instanceof Error; error = error.cause)
    all.push(error.message, error.stack ?? '', JSON.stringify(Object.entries(error)))
  return all.join('\n')
}

/** Fails where a secret, a cookie, a sealed value or what users stored shows in one of `values`. */
function expectNothing(values: readonly unknown[], tokens: readonly string[]): void {
  for (const value of values) {
    const text = seen(value)
    for (const mark of [MARK, SECRET_MARK, 'eyJ', ...tokens]) expect(text).not.toContain(mark)
  }
}

function shopWith(options: Parameters<typeof createSessions<Loose>>[0] | object = {}): Shop {
  return new Shop({ secrets: SECRET, ...options })
}

function tokensOf(shop: Shop): string[] {
  return shop.visitor.cookie.split('; ').flatMap((cookie) => {
    const token = cookie.split('=')[1]
    return token ? [token.slice(0, 30), token.slice(-30)] : []
  })
}

describe('no secret, no token and no data of a user shows when one inspects', () => {
  test('a session, new, opened, changed, committed or ended, whatever is in it', async () => {
    const values = fc.dictionary(
      fc.string(),
      fc.oneof(fc.constant(MARK), fc.array(fc.constant(MARK)), fc.constant({ [MARK]: MARK })),
      { minKeys: 1, maxKeys: 5 },
    )
    await fc.assert(
      fc.asyncProperty(values, async (stored) => {
        const shop = shopWith()
        await shop.visit((session) => {
          expectNothing([session], [])
          session.data = { ...stored, name: MARK }
          session.subject = MARK
          session.flash(MARK, MARK)
          expectNothing([session], [])
        })
        await shop.visit(async (session) => {
          expect(session.data).toMatchObject({ name: MARK })
          expect(session.flashed).toEqual({ [MARK]: MARK })
          session.data['more'] = MARK
          expectNothing([session], tokensOf(shop))
          await session.commit()
          expectNothing([session], tokensOf(shop))
        })
        await shop.visit((session) => {
          session.destroy()
          expectNothing([session, shop.sessions, shop.events], tokensOf(shop))
        })
      }),
      { numRuns: 50 },
    )
  })

  test('sessions, options, keys and stores', async () => {
    const overflow = memoryStore()
    const shop = shopWith({ overflow })
    await shop.visit(({ data }) => {
      data['big'] = MARK.repeat(500)
    })
    await shop.look()
    const keyring = new Keyring([SECRET], scopeOf('__Host-session'), 43_200)
    await keyring.sealing(shop.clock.now)
    const resolved = resolveOptions({ secrets: SECRET, overflow, initial: () => ({ a: MARK }) })
    const { key } = await keyring.sealing(shop.clock.now)
    expectNothing([shop.sessions, resolved, keyring, overflow, shop.events, key], tokensOf(shop))
  })

  test('errors of the options', async () => {
    const short = `${SECRET_MARK}-short`
    for (const secrets of [
      short,
      [SECRET, short],
      [SECRET, SECRET],
      `${SECRET_MARK}${'a'.repeat(40)},`,
    ])
      expectNothing([await errorOf(() => resolveOptions({ secrets }))], [])
  })

  test('errors of what is stored, of its size, of the store and of a schema, with their causes', async () => {
    class Money {
      readonly amount = MARK
    }
    const bad: readonly unknown[] = [
      new Money(),
      () => MARK,
      new Map([[MARK, () => MARK]]),
      new Map([[new Money(), MARK]]),
      new Set([new Money()]),
      [MARK, Symbol(MARK)],
      MARK.repeat(1000),
    ]
    for (const value of bad) {
      const shop = shopWith()
      await shop.visit(({ data }) => {
        data['fine'] = MARK
      })
      const tokens = tokensOf(shop)
      const error = await errorOf(() =>
        shop.visit(({ data }) => {
          data['bad'] = value
        }),
      )
      expectNothing([error], tokens)
    }
    const filled = shopWith({ overflow: memoryStore() })
    await filled.visit(({ data }) => {
      data['big'] = MARK.repeat(500)
    })
    for (const overflow of [failing, memoryStore(), undefined]) {
      const shop = new Shop({ secrets: SECRET, overflow }, filled)
      const read = await errorOf(() => shop.visit(({ data }) => data['big']))
      const write = await errorOf(() =>
        shop.visit(({ data }) => {
          data['other'] = MARK.repeat(900)
        }),
      ).catch(() => undefined)
      expectNothing([read, write, shop.events], tokensOf(filled))
    }
    const plain = shopWith()
    await plain.visit(({ data }) => {
      data['name'] = MARK
    })
    const strict = new Shop({ secrets: SECRET, schema: quoting, initial: () => ({}) }, plain)
    const refused = await errorOf(() => strict.visit(({ data }) => data))
    expect(refused).toMatchObject({ code: 'ERR_SCHEMA', when: 'open' })
    expectNothing([refused], tokensOf(plain))
  })

  test('errors of what was done too late, or in the wrong place', async () => {
    const shop = shopWith()
    const errors: unknown[] = []
    await shop.visit(async (session) => {
      session.data['name'] = MARK
      errors.push(await errorOf(() => session.increment('name')))
      await session.commit()
      errors.push(await errorOf(() => session.flash('a', MARK)))
      errors.push(await errorOf(() => Object.assign(session.data, { name: MARK })))
    })
    await shop.visit(async (session) => {
      session.destroy()
      errors.push(
        await errorOf(() => {
          session.data = { name: MARK }
        }),
      )
    })
    const stranger = await shop.sessions.open(shop.visitor.request())
    const other = createSessions({ secrets: SECRET })
    errors.push(await errorOf(() => other.commit(stranger, new Response())))
    expect(errors).toHaveLength(5)
    expectNothing(errors, tokensOf(shop))
  })
})
