import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { SchemaInvalid } from '../../src/index.ts'
import type { StandardSchema } from '../../src/options/standard-schema.ts'
import { errorOf, type Loose } from '../support/visitor.ts'
import { bare, part, Site } from './support.ts'

interface Library {
  readonly name: string
  readonly schema: StandardSchema<Loose>
  /** Whether keys that the schema does not name are there in the data. */
  readonly keepsUnknown: boolean
}

const libraries: readonly Library[] = [
  {
    name: 'zod',
    schema: z.object({
      user: z.object({ name: z.string().min(2) }),
      since: z.date(),
      cart: z.record(z.string(), z.number()).default({}),
    }),
    keepsUnknown: false,
  },
  {
    name: 'valibot',
    schema: v.object({
      user: v.object({ name: v.pipe(v.string(), v.minLength(2)) }),
      since: v.date(),
      cart: v.optional(v.record(v.string(), v.number()), {}),
    }),
    keepsUnknown: false,
  },
  {
    name: 'arktype',
    schema: type({
      user: { name: 'string >= 2' },
      since: 'Date',
      cart: type('Record<string, number>').default(() => ({})),
    }),
    keepsUnknown: true,
  },
]

const SINCE = new Date('2026-11-22T10:00:00Z')
const DATA = { user: { name: 'Ada' }, since: SINCE }

describe.each(libraries)('a schema of $name', ({ schema, keepsUnknown }) => {
  test('gives its defaults, rich values as they are, and is checked on both ways', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, DATA))
    const node = site.node({ schema })
    await node.visit(({ data }) => {
      expect(data).toEqual({ ...DATA, cart: {} })
    })
    expect(site.visitor.setCookies).toEqual([])
    await node.visit(({ data }) => {
      part<Record<string, number>>(data, 'cart', {})['apples'] = 1
    })
    expect(await bare(site)).toEqual({ ...DATA, cart: { apples: 1 } })
  })

  test('leaves what it does not name in the session, nested or not', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => {
      Object.assign(data, { ...DATA, user: { name: 'Ada', newer: 1 }, newer: { deep: [1] } })
    })
    const node = site.node({ schema })
    await node.visit(({ data }) => {
      expect('newer' in data).toBe(keepsUnknown)
      part(data, 'user', { name: '' }).name = 'Grace'
    })
    await node.visit(({ data }) => {
      data['user'] = keepsUnknown ? { name: 'Edsger', newer: 1 } : { name: 'Edsger' }
    })
    expect(await bare(site)).toEqual({
      user: { name: 'Edsger', newer: 1 },
      since: SINCE,
      newer: { deep: [1] },
    })
  })

  test('that rejects what was sealed says where', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { ...DATA, user: { name: 'X' } }))
    const session = await site.node({ schema }).sessions.open(site.visitor.request())
    const error = await errorOf(() => session.data)
    expect(error).toBeInstanceOf(SchemaInvalid)
    expect(error).toMatchObject({
      code: 'ERR_SCHEMA',
      when: 'open',
      issues: [{ path: 'data.user.name', message: expect.stringMatching(/./) }],
    })
  })

  test('that rejects what a handler left says where, and nothing is saved', async () => {
    const site = new Site()
    const node = site.node({ schema })
    await node.visit(({ data }) => Object.assign(data, DATA))
    const cookie = site.visitor.cookie
    const error = await errorOf(() =>
      node.visit(({ data }) => {
        part(data, 'user', { name: '' }).name = 'Z'
        data['cart'] = { apples: 'many' }
      }),
    )
    expect(error).toBeInstanceOf(SchemaInvalid)
    expect(error).toMatchObject({ when: 'save' })
    expect(error instanceof SchemaInvalid && error.issues.map(({ path }) => path).sort()).toEqual([
      'data.cart.apples',
      'data.user.name',
    ])
    expect(site.visitor.cookie).toBe(cookie)
    expect(await node.look()).toEqual({ ...DATA, cart: {} })
  })
})
