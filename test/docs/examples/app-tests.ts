import { expect, test } from 'vitest'
import { createSessions } from '../../../src/index.ts'
import { Browser, cookieHeader } from '../../../src/testing/testing.ts'
import { createApp } from './login.ts'

type Data = { cart: Record<string, number> }

const secrets = 'only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'
const origin = 'https://shop.example'
const login = { body: new URLSearchParams({ name: 'ada', password: 'right' }) }

test('a user logs in', async () => {
  const browser = new Browser(origin, { app: createApp(secrets) })
  await browser.post('/login', login)
  expect(await (await browser.get('/')).json()).toMatchObject({ user: 'ada' })
})

test('a slow request does not undo the logout', async () => {
  const browser = new Browser(origin, { app: createApp(secrets) })
  await browser.post('/login', login)
  const slow = await browser.hold('/refunds/unlock', { method: 'POST', ...login })
  await browser.post('/logout')
  slow.release() // only now its answer arrives
  expect(await (await browser.get('/')).json()).toEqual({ cart: {} })
})

test('the page of a user with something in the cart', async () => {
  const sessions = createSessions<Data>({ secrets, initial: () => ({ cart: {} }) }) // as in the app
  const change = (session: Awaited<ReturnType<typeof sessions.open>>) => {
    session.login('ada')
    session.data.cart['tea'] = 2
  }
  const cookie = await cookieHeader(sessions, change, origin)
  const response = await createApp(secrets).request(origin, { headers: { cookie } })
  expect(await response.json()).toEqual({ user: 'ada', cart: { tea: 2 } })
})
