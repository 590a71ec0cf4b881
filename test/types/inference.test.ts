/** What the data of a session is, from a schema, from `initial`, from the type parameter, or from none of them. */
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { session } from '../../src/hono.ts'
import { createSessions, type SessionOptions, type Sessions } from '../../src/index.ts'
import { SECRET as secrets } from '../support/visitor.ts'

interface Cart {
  readonly sku: string
  count?: number
}

const zodSchema = z.object({
  theme: z.enum(['dark', 'light']),
  since: z.coerce.date(),
  tags: z.array(z.string()).default([]),
  user: z.object({ id: z.string() }).optional(),
})
interface ZodData {
  theme: 'dark' | 'light'
  since: Date
  tags: string[]
  user?: { id: string } | undefined
}

const valibotSchema = v.object({
  theme: v.picklist(['dark', 'light']),
  since: v.pipe(v.string(), v.toDate()),
  tags: v.optional(v.array(v.string()), []),
  user: v.exactOptional(v.object({ id: v.string() })),
})
interface ValibotData {
  theme: 'dark' | 'light'
  since: Date
  tags: string[]
  user?: { id: string }
}

const arktypeSchema = type({
  theme: "'dark' | 'light'",
  since: 'string.date.parse',
  tags: type('string[]').default(() => []),
  'user?': { id: 'string' },
})
interface ArktypeData {
  theme: 'dark' | 'light'
  since: Date
  tags: string[]
  user?: { id: string }
}

const initial = () => ({ theme: 'dark' as const, since: new Date(0), tags: [] })

type DataOf<S> = S extends Sessions<infer Data> ? Data : never
type Plain<T> = T extends Date ? T : T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T

describe('with a schema and initial, the data is what the schema gives', () => {
  test('of zod', () => {
    const sessions = createSessions({ secrets, schema: zodSchema, initial })
    expectTypeOf<Plain<DataOf<typeof sessions>>>().toEqualTypeOf<Plain<ZodData>>()
    createSessions<ZodData>({ secrets, schema: zodSchema, initial })
  })

  test('of valibot', () => {
    const sessions = createSessions({ secrets, schema: valibotSchema, initial })
    expectTypeOf<Plain<DataOf<typeof sessions>>>().toEqualTypeOf<Plain<ValibotData>>()
    createSessions<ValibotData>({ secrets, schema: valibotSchema, initial })
  })

  test('of arktype', () => {
    const sessions = createSessions({ secrets, schema: arktypeSchema, initial })
    expectTypeOf<Plain<DataOf<typeof sessions>>>().toEqualTypeOf<Plain<ArktypeData>>()
    createSessions<ArktypeData>({ secrets, schema: arktypeSchema, initial })
  })

  test('and initial must fit it', () => {
    const short = () => ({ theme: 'dark' as const, since: new Date(0) })
    // @ts-expect-error `tags` is missing
    createSessions({ secrets, schema: zodSchema, initial: short })
    const blue = () => ({ ...initial(), theme: 'blue' as const })
    // @ts-expect-error `blue` is no theme
    createSessions({ secrets, schema: valibotSchema, initial: blue })
    const one = () => ({ ...initial(), tags: 1 })
    // @ts-expect-error a number is no list
    createSessions({ secrets, schema: arktypeSchema, initial: one })
    const wide = () => ({ ...initial(), theme: 'dark' })
    // @ts-expect-error it is any text: see `SchemaSessionOptions`
    createSessions({ secrets, schema: zodSchema, initial: wide })
  })

  test('and so must the type parameter', () => {
    // @ts-expect-error the schema gives no `count`
    createSessions<{ count: number }>({ secrets, schema: zodSchema, initial: () => ({ count: 1 }) })
  })
})

describe('with a schema and no initial, all of it is optional', () => {
  test('of zod, valibot and arktype', () => {
    const ofZod = createSessions({ secrets, schema: zodSchema })
    expectTypeOf<Plain<DataOf<typeof ofZod>>>().toEqualTypeOf<Plain<Partial<ZodData>>>()
    const ofValibot = createSessions({ secrets, schema: valibotSchema })
    expectTypeOf<Plain<DataOf<typeof ofValibot>>>().toEqualTypeOf<Plain<Partial<ValibotData>>>()
    const ofArktype = createSessions({ secrets, schema: arktypeSchema })
    expectTypeOf<Plain<DataOf<typeof ofArktype>>>().toEqualTypeOf<Plain<Partial<ArktypeData>>>()
  })
})

describe('without a schema', () => {
  test('the data is what initial returns', () => {
    const sessions = createSessions({
      secrets,
      initial: () => ({ cart: [{ sku: 'a' }] as Cart[], seen: new Map<string, bigint>() }),
    })
    expectTypeOf(sessions).toEqualTypeOf<Sessions<{ cart: Cart[]; seen: Map<string, bigint> }>>()
  })

  test('the data is the type parameter', () => {
    const sessions = createSessions<{ theme: 'dark' | 'light' }>({
      secrets,
      initial: () => ({ theme: 'dark' }),
    })
    expectTypeOf(sessions).toEqualTypeOf<Sessions<{ theme: 'dark' | 'light' }>>()
    // @ts-expect-error `blue` is no theme
    createSessions<{ theme: 'dark' | 'light' }>({ secrets, initial: () => ({ theme: 'blue' }) })
  })

  test('interfaces are as good as type aliases', () => {
    const sessions = createSessions<Cart>({ secrets, initial: () => ({ sku: 'a' }) })
    expectTypeOf(sessions).toEqualTypeOf<Sessions<Cart>>()
  })

  test('nor initial, the type parameter is optional in all its parts', () => {
    const sessions = createSessions<{ user: { id: string } }>({ secrets })
    expectTypeOf(sessions).toEqualTypeOf<Sessions<{ user?: { id: string } }>>()
  })

  test('nor anything else, anything may be there', () => {
    const sessions = createSessions({ secrets })
    expectTypeOf<DataOf<typeof sessions>>().toEqualTypeOf<Partial<Record<string, unknown>>>()
  })

  test('the data is no value without properties', () => {
    // @ts-expect-error text is no data
    createSessions<string>({ secrets })
    // @ts-expect-error nor does initial return any
    createSessions({ secrets, initial: () => 'text' })
  })
})

describe('transient', () => {
  test('names keys of the data, and does not make any', () => {
    createSessions({ secrets, initial: () => ({ db: 1, n: 2 }), transient: ['db'] })
    createSessions({ secrets, schema: zodSchema, initial, transient: ['user'] })
    createSessions({ secrets, schema: zodSchema, transient: ['user'] })
    const sessions = createSessions({ secrets, transient: ['anything'] })
    expectTypeOf<DataOf<typeof sessions>>().toEqualTypeOf<Partial<Record<string, unknown>>>()
    // @ts-expect-error there is no `dv`
    createSessions({ secrets, initial: () => ({ db: 1, n: 2 }), transient: ['dv'] })
    // @ts-expect-error there is no `users`
    createSessions({ secrets, schema: zodSchema, initial, transient: ['users'] })
  })
})

describe('options in a variable', () => {
  test('of a named type', () => {
    function open<Data extends object>(options: SessionOptions<Data>): Sessions<Data> {
      return createSessions<Data>(options)
    }
    const sessions = open({ secrets, initial: () => ({ n: 1 }) })
    expectTypeOf(sessions).toEqualTypeOf<Sessions<{ n: number }>>()
  })

  test('of a function, when the sessions are used', () => {
    const sessions = createSessions(() => ({ secrets, initial: () => ({ n: 1 }) }))
    expectTypeOf(sessions).toEqualTypeOf<Sessions<{ n: number }>>()
    const some = createSessions<{ theme: string }>(() => ({ secrets }))
    expectTypeOf(some).toEqualTypeOf<Sessions<Partial<{ theme: string }>>>()
  })

  test('of an environment', () => {
    const checked = session(({ env }) => ({ secrets: env.SECRET, schema: zodSchema, initial }))
    expectTypeOf(checked).parameter(0).toHaveProperty('var')
    // @ts-expect-error `tags` is missing
    session((c) => ({ secrets: c.env.SECRET, schema: valibotSchema, initial: () => ({}) }))
  })
})
