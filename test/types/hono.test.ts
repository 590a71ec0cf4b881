/** What `c.var` has, in chained apps, in apps with types of their own, and with two sessions. */
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import {
  type FromEnvironment,
  type OptionsFrom,
  type Placement,
  type Session,
  type SessionOptions,
  type SessionVariables,
  session,
} from '../../src/hono.ts'
import { SECRET as secrets } from '../support/visitor.ts'

interface Data {
  count: number
  user?: { id: string }
}
interface Admin {
  roles: string[]
}

describe('c.var.session', () => {
  test('in a chained app, from the type parameter', async () => {
    const app = new Hono()
      .use(session<Data>({ secrets, initial: () => ({ count: 0 }) }))
      .get('/', (c) => {
        expectTypeOf(c.var.session).toEqualTypeOf<Session<Data>>()
        expectTypeOf(c.get('session').data.user).toEqualTypeOf<{ id: string } | undefined>()
        // @ts-expect-error there is no `counts`
        c.var.session.data.counts = 1
        // @ts-expect-error nor another session
        expect(c.var.admin).toBe(undefined)
        return c.json(c.var.session.data.count)
      })
    expect(await (await app.request('https://shop.example/')).json()).toBe(0)
  })

  test('in a chained app, from a schema, and from initial', () => {
    new Hono()
      .use(
        session({
          secrets,
          schema: z.object({ at: z.date() }),
          initial: () => ({ at: new Date() }),
        }),
      )
      .get('/', (c) => {
        expectTypeOf(c.var.session.data).toEqualTypeOf<{ at: Date }>()
        return c.text('ok')
      })
    new Hono().use(session({ secrets, initial: () => ({ list: ['a'] }) })).get('/', (c) => {
      expectTypeOf(c.var.session.data.list).toEqualTypeOf<string[]>()
      return c.text('ok')
    })
  })

  test('with options from the context', () => {
    new Hono()
      .use(session((c) => ({ secrets: c.env.SECRET, schema: v.object({ n: v.number() }) })))
      .get('/', (c) => {
        expectTypeOf(c.var.session.data).toEqualTypeOf<Partial<{ n: number }>>()
        return c.text('ok')
      })
    new Hono()
      .use(session((c) => ({ secrets: c.env.SECRET, initial: () => ({ n: 1 }) })))
      .get('/', (c) => {
        expectTypeOf(c.var.session.data.n).toEqualTypeOf<number>()
        return c.text('ok')
      })
  })

  test('with options from an environment whose bindings have a type', () => {
    type Bindings = { SECRET: string }
    session<Data, 'session', Bindings>(({ env }) => {
      expectTypeOf(env).toEqualTypeOf<Bindings>()
      return { secrets: env.SECRET, initial: () => ({ count: 0 }) }
    })
    session<Data>(({ env }: FromEnvironment<Bindings>) => {
      expectTypeOf(env).toEqualTypeOf<Bindings>()
      return { secrets: env.SECRET, initial: () => ({ count: 0 }) }
    })
    // @ts-expect-error there is no request: what the function read from it would be everybody's
    session((c) => ({ secrets: c.env.SECRET, cookie: { name: c.req.param('name') } }))
  })

  test('in an app whose variables have a type', () => {
    const app = new Hono<{ Bindings: { SECRET: string }; Variables: SessionVariables<Data> }>()
    app.use(session<Data>((c) => ({ secrets: c.env.SECRET, initial: () => ({ count: 0 }) })))
    app.get('/', (c) => {
      expectTypeOf(c.var.session).toEqualTypeOf<Session<Data>>()
      expectTypeOf(c.env).toEqualTypeOf<{ SECRET: string }>()
      return c.text('ok')
    })
  })

  test('in a helper that gets a context', () => {
    const count = (c: Context<{ Variables: SessionVariables<Data> }>) => c.var.session.data.count
    expectTypeOf(count).returns.toEqualTypeOf<number>()
  })
})

describe('two sessions of different names in one app', () => {
  const shop = session<Data>({ secrets, initial: () => ({ count: 0 }) })
  const admin = session<Admin, 'admin'>(
    { secrets, cookie: { name: 'admin' }, initial: () => ({ roles: [] }) },
    { variable: 'admin' },
  )

  test('chained', () => {
    new Hono()
      .use(shop)
      .use(admin)
      .get('/', (c) => {
        expectTypeOf(c.var.session.data).toEqualTypeOf<Data>()
        expectTypeOf(c.var.admin.data).toEqualTypeOf<Admin>()
        // @ts-expect-error of the other one
        expect(c.var.admin.data.count).toBe(undefined)
        return c.text('ok')
      })
  })

  test('the name is inferred where the data is', () => {
    const inferred = session({ secrets, initial: () => ({ roles: ['a'] }) }, { variable: 'admin' })
    new Hono().use(inferred).get('/', (c) => {
      expectTypeOf(c.var.admin.data.roles).toEqualTypeOf<string[]>()
      // @ts-expect-error it has another name
      expect(c.var.session).toBe(undefined)
      return c.text('ok')
    })
  })

  test('in an app whose variables have a type', () => {
    type Variables = SessionVariables<Data> & SessionVariables<Admin, 'admin'>
    const app = new Hono<{ Variables: Variables }>()
    app.use(shop).use(admin)
    app.get('/', (c) => {
      expectTypeOf(c.var.session.data).toEqualTypeOf<Data>()
      expectTypeOf(c.var.admin.data).toEqualTypeOf<Admin>()
      return c.text('ok')
    })
  })

  test('a name that the type does not say is refused', () => {
    // @ts-expect-error the type says `session`
    session<Admin>({ secrets, initial: () => ({ roles: [] }) }, { variable: 'admin' })
    const nameless = () =>
      // @ts-expect-error a placement needs a name
      session<Admin>({ secrets, initial: () => ({ roles: [] }) }, {})
    expect(nameless).toThrow('placement.variable')
  })
})

test('the types around it', () => {
  expectTypeOf<SessionVariables>().toEqualTypeOf<{ session: Session<Record<string, unknown>> }>()
  expectTypeOf<SessionVariables<Admin, 'admin'>>().toEqualTypeOf<{ admin: Session<Admin> }>()
  expectTypeOf<Placement<'admin'>>().toEqualTypeOf<{ readonly variable: 'admin' }>()
  expectTypeOf<OptionsFrom<SessionOptions<Data>>>().toEqualTypeOf<
    SessionOptions<Data> | ((from: FromEnvironment) => SessionOptions<Data>)
  >()
  expectTypeOf<FromEnvironment<{ SECRET: string }>>().toEqualTypeOf<{
    readonly env: { SECRET: string }
  }>()
  // @ts-expect-error secrets must be there, if only as undefined
  expect(() => session({ initial: () => ({ n: 1 }) })).toThrow()
  // @ts-expect-error options are not optional
  expect(() => session()).toThrow()
})
