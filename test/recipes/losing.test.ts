/** What the recipe answers when the provider says `invalid_grant`, and when nobody loses. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSessions } from '../../src/index.ts'
import { Clock, SECRET, Visitor } from '../support/visitor.ts'
import { createApp, type Tokens } from './token-refresh.ts'

const used = async () => Response.json({ error: 'invalid_grant' }, { status: 400 })

// Hono writes the errors that it answers with 500.
beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined))
afterEach(() => void vi.restoreAllMocks())

/** A browser whose access token is valid for some seconds more, and a node with that provider. */
async function start(seconds: number, tokenEndpoint: () => Promise<Response>) {
  const clock = new Clock()
  const visitor = new Visitor(clock)
  const tokens: Tokens = { access: 'a', refresh: 'r', expires: clock.now + seconds * 1000 }
  const sessions = createSessions<{ tokens?: Tokens }>({
    secrets: SECRET,
    clock: clock.read,
    initial: () => ({}),
  })
  const session = await sessions.open(visitor.request())
  session.data.tokens = tokens
  visitor.take(await sessions.commit(session, new Response()))
  const options = { secrets: SECRET, tokenEndpoint, clock: clock.read }
  const app = createApp({ ...options, loadOrders: async (access) => [access] })
  const send = (path: string) => app.request(visitor.request(path))
  const look = async () => (await sessions.open(visitor.request())).data.tokens
  return { sessions, visitor, send, look, tokens, clock }
}

describe('a loser', () => {
  test('answers with its access token as long as that is valid', async () => {
    const { send } = await start(10, used)
    const response = await send('/orders')
    expect(await response.json()).toEqual(['a'])
    expect(response.headers.getSetCookie()).toEqual([])
  })

  test('is sent once more otherwise, and does not touch the session', async () => {
    const { send, look, tokens } = await start(-10, used)
    const first = await send('/orders?page=2')
    expect(first.status).toBe(503)
    expect(first.headers.get('Retry-After')).toBe('1')
    expect(first.headers.get('Refresh')).toBe('1; url=/orders?page=2&retry=1')
    const second = await send('/orders?page=2&retry=1')
    expect(second.status).toBe(401)
    for (const { headers } of [first, second]) {
      expect(headers.getSetCookie()).toEqual([])
      expect(headers.get('Cache-Control')).toBe('private, no-store')
    }
    expect(await look()).toEqual(tokens)
  })
})

test('an error of the provider does not touch the session either', async () => {
  const { send, look, tokens } = await start(-10, async () => Response.json({}, { status: 500 }))
  const response = await send('/orders')
  expect([response.status, response.headers.getSetCookie()]).toEqual([500, []])
  expect(await look()).toEqual(tokens)
})

test('a node asks the provider once for requests with the same refresh token', async () => {
  const answers: ((response: Response) => void)[] = []
  const { visitor, send, look, clock } = await start(-10, () => {
    return new Promise((resolve) => answers.push(resolve))
  })
  const both = [send('/orders'), send('/orders')]
  await expect.poll(() => answers.length).toBe(1)
  answers[0]?.(Response.json({ access_token: 'b', refresh_token: 's', expires_in: 60 }))
  const responses = await Promise.all(both)
  for (const response of responses) expect(await response.clone().json()).toEqual(['b'])
  // What is in flight is forgotten when it has settled, also if it failed.
  const late = send('/orders')
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.(Response.json({}, { status: 500 }))
  expect((await late).status).toBe(500)
  const later = send('/orders')
  await expect.poll(() => answers.length).toBe(3)
  answers[2]?.(await used())
  expect((await later).status).toBe(503)
  for (const response of responses) visitor.take(response)
  expect(await look()).toEqual({ access: 'b', refresh: 's', expires: clock.now + 60_000 })
})

test('a logout during a refresh stays a logout', async () => {
  const answers: ((response: Response) => void)[] = []
  const { sessions, visitor, send, look } = await start(-10, () => {
    return new Promise((resolve) => answers.push(resolve))
  })
  const slow = send('/orders')
  await expect.poll(() => answers.length).toBe(1)
  const session = await sessions.open(visitor.request())
  session.destroy()
  visitor.take(await sessions.commit(session, new Response()))
  answers[0]?.(Response.json({ access_token: 'b', refresh_token: 's', expires_in: 60 }))
  visitor.take(await slow)
  expect(await look()).toBeUndefined()
})
