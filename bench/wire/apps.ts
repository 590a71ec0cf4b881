/** The app whose cookies are counted, once with carryon and once with one cookie that is rewritten whole. */
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { type SessionVariables, session } from '../../src/hono.ts'
import { openText, sealText } from '../../src/seal/jwe.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'

export type Workload = 'set' | 'increment' | 'push'

interface Data {
  [key: string]: unknown
  n: number
  list: string[]
}

type Fetch = (request: Request) => Response | Promise<Response>

/** Makes one of the apps. Its session has `bytes` bytes as JSON; `clock` is in ms since 1970. */
export type MakeApp = (bytes: number, clock: () => number) => Fetch

const SECRET = 'a-password-for-a-benchmark-of-more-than-32-characters'
const KEYS = 10
const ITEMS = 8

/** Data of `bytes` bytes as JSON: ten short texts, a number, a list, and one long text. */
function dataOf(bytes: number): Data {
  const data: Data = { n: 100, list: Array.from({ length: ITEMS }, textOf) }
  for (let i = 0; i < KEYS; i++) data[`k${i}`] = textOf()
  const room = bytes - JSON.stringify({ ...data, x: '' }).length
  if (room >= 0) return { ...data, x: 'x'.repeat(room) }
  // The smallest of the sessions has fewer.
  for (let i = KEYS; i > 0 && JSON.stringify(data).length > bytes; i--) delete data[`k${i}`]
  return data
}

const textOf = (): string => Math.random().toString(36).slice(2, 10).padEnd(8, '0')

/** What the three workloads change. A list does not grow: what is too old goes. */
function change(data: Data, workload: string, increment: () => void): void {
  if (workload === 'set') data[`k${Math.floor(Math.random() * 3)}`] = textOf()
  else if (workload === 'increment') increment()
  else if (workload === 'push') {
    data.list.push(textOf())
    data.list.splice(0, data.list.length - ITEMS)
  } else throw new Error(`no workload ${workload}`)
}

/** carryon as the README shows it. */
export const carryon: MakeApp = (bytes, clock) => {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.get('/blank', blank)
  app.use(session<Data>({ secrets: SECRET, clock, initial: () => ({ n: 0, list: [] }) }))
  app.post('/start', (c) => {
    c.var.session.data = dataOf(bytes)
    return c.text('ok')
  })
  app.get('/read', (c) => c.json(c.var.session.data.n))
  app.post('/write/:workload', (c) => {
    const { data } = c.var.session
    change(data, c.req.param('workload'), () => c.var.session.increment('n'))
    return c.text('ok')
  })
  return (request) => app.fetch(request)
}

/** One cookie with all of the session, sealed in the same way, that each write sets anew. */
export const oneCookie: MakeApp = (bytes, clock) => {
  const keyring = new Keyring([SECRET], scopeOf('__Host-session'), 43_200)
  const app = new Hono()
  const open = async (c: Context): Promise<Data> => {
    const opened = await openText(getCookie(c, 'session', 'host') ?? '', keyring, clock())
    if (!opened.ok) throw new Error(opened.reason)
    return JSON.parse(opened.text).d
  }
  const save = async (c: Context, d: Data): Promise<Response> => {
    const iat = Math.floor(clock() / 1000)
    const claims = { v: 1, sid: 'A'.repeat(22), iat, exp: iat + 1800, d }
    const value = await sealText(JSON.stringify(claims), keyring, clock())
    setCookie(c, 'session', value, {
      prefix: 'host',
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
      maxAge: 43_200,
    })
    return c.text('ok')
  }
  app.get('/blank', blank)
  app.post('/start', (c) => save(c, dataOf(bytes)))
  app.get('/read', async (c) => c.json((await open(c)).n))
  app.post('/write/:workload', async (c) => {
    const data = await open(c)
    change(data, c.req.param('workload'), () => data.n++)
    return save(c, data)
  })
  return (request) => app.fetch(request)
}

const blank = (c: Context) =>
  c.html('<!doctype html><title>blank</title><link rel="icon" href="data:,">')
