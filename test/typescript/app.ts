// Compiled with the oldest TypeScript, and never run: `npm run test:typescript`.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { CarryonError, createSessions, type SessionCookie, type WithMessages } from 'carryon'
import { durableObjectMarks } from 'carryon/durable-object'
import { memoryMarks, memoryStore } from 'carryon/memory'
import { clientErrorHandler, nodeSessions } from 'carryon/node'
import { Browser, cookieHeader } from 'carryon/testing'
import { workersKV } from 'carryon/workers-kv'

type Data = WithMessages<{ cart: Record<string, number>; note: string }, { notice: string }>

const sessions = createSessions<Data>({
  secrets: process.env['SESSION_SECRETS'],
  initial: () => ({ cart: {}, note: '' }),
  overflow: memoryStore(),
  revocation: { store: memoryMarks(), onUnavailable: 'deny' },
})
const session = await sessions.open(new Request('https://shop.example/'))
session.increment('cart.tea')
// @ts-expect-error a note is no number
session.increment('note')
session.flash('notice', 'hello')
// @ts-expect-error there is no such message
session.flash('other', 'hello')
const notice: string | undefined = session.flashed.notice
const cookies: readonly SessionCookie[] = await sessions.cookies(session)
export const GET = sessions.handle(
  async (_request, { data }, { params }: { params: Promise<{ sku: string }> }) =>
    Response.json(data.cart[(await params).sku]),
)

const onNode = nodeSessions(sessions)
const server = createServer(
  onNode.handle(
    (_request: IncomingMessage, response: ServerResponse, { data }) => response.end(data.note),
    (_error, _request, response) => response.destroy(),
  ),
)
server.on('clientError', clientErrorHandler())

const browser = new Browser('https://shop.example', {
  app: (request) => GET(request, { params: Promise.resolve({ sku: '' }) }),
})
export const all = [
  notice,
  cookies,
  browser,
  CarryonError,
  durableObjectMarks,
  workersKV,
  await cookieHeader(sessions, (each) => each.login('ada')),
]
