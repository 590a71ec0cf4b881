import { Hono } from 'hono'
import { describe, expectTypeOf, test } from 'vitest'
import { type SessionVariables, session } from '../../src/hono.ts'
import { createSessions, type Session, type SessionEvent } from '../../src/index.ts'
import { SECRET } from '../support/visitor.ts'

interface Data {
  user?: { id: string }
  cart: Record<string, number>
}

const initial = (): Data => ({ cart: {} })

/** Never called: what is in it is checked by the compiler alone. */
function unchecked(_: () => unknown): void {}

describe('the types', () => {
  test('give the data of initial', () => {
    const sessions = createSessions<Data>({ secrets: SECRET, initial })
    expectTypeOf(sessions.open).returns.resolves.toEqualTypeOf<Session<Data>>()
  })

  test('make all of the data optional where there is no initial', () => {
    const sessions = createSessions<Data>({ secrets: SECRET })
    expectTypeOf(sessions.open).returns.resolves.toEqualTypeOf<Session<Partial<Data>>>()
  })

  test('take the secret of an environment variable, which may not be set', () => {
    expectTypeOf(createSessions).toBeCallableWith({ secrets: SECRET as string | undefined })
  })

  test('reach the handlers of Hono', () => {
    const app = new Hono<{ Variables: SessionVariables<Data> }>()
    app.use(session<Data>({ secrets: SECRET, initial }))
    app.get('/', (c) => {
      expectTypeOf(c.var.session.data).toEqualTypeOf<Data>()
      expectTypeOf(c.var.session.subject).toEqualTypeOf<string | undefined>()
      expectTypeOf(c.var.session.load<'cart'>).returns.resolves.toEqualTypeOf<Data['cart']>()
      return c.text('ok')
    })
    new Hono().use(session<Data>({ secrets: SECRET, initial })).get('/', (c) => {
      expectTypeOf(c.var.session.data.cart).toEqualTypeOf<Record<string, number>>()
      return c.text('ok')
    })
  })

  test('tell events apart', () => {
    expectTypeOf<Extract<SessionEvent, { type: 'rejected' }>>().toHaveProperty('reason')
  })

  test('reject what can be known to be wrong', () => {
    unchecked(() => [
      // @ts-expect-error: no options
      createSessions(),
      // @ts-expect-error: no secret
      createSessions({}),
      // @ts-expect-error: another name
      createSessions({ secret: SECRET }),
      // @ts-expect-error: no text
      createSessions({ secrets: 7 }),
      // @ts-expect-error: not as it is written
      createSessions({ secrets: SECRET, cookie: { sameSite: 'lax' } }),
      // @ts-expect-error: there is no such attribute
      createSessions({ secrets: SECRET, cookie: { maxAge: 60 } }),
      // @ts-expect-error: one of two
      createSessions({ secrets: SECRET, overflowLoad: 'never' }),
      // @ts-expect-error: no store
      createSessions({ secrets: SECRET, overflow: {} }),
      // @ts-expect-error: seconds
      createSessions({ secrets: SECRET, idleTimeout: '30m' }),
      // @ts-expect-error: not all of the data
      createSessions<Data>({ secrets: SECRET, initial: () => ({}) }),
      // @ts-expect-error: the middleware likewise
      session({ secrets: SECRET, cookie: { secure: 'yes' } }),
    ])
    unchecked(async () => {
      const opened = await createSessions<Data>({ secrets: SECRET, initial }).open(new Request(''))
      // @ts-expect-error: no such key
      opened.data.other = 1
      // @ts-expect-error: no number
      opened.data.cart['apples'] = 'one'
      // @ts-expect-error: no text
      opened.subject = 7
      // @ts-expect-error: read only
      opened.id = 'other'
      // @ts-expect-error: no such key
      await opened.load('other')
    })
  })
})
