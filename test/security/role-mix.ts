/**
 * A client that wants to be admin of another tenant. It keeps two branches of its jar. In one it switches to a tenant
 * where it is a viewer; in the other it is still admin of its own. Then it makes cheap writes in the other one, or waits,
 * until that has settled past the switch, and sends it together with what the first branch wrote upon the switch.
 */
import { Hono } from 'hono'
import { type SessionVariables, session } from '../../src/hono.ts'
import { BrowserJar } from '../../src/testing/browser-jar.ts'

type User = { tenant: string; role: string }
type Data = Partial<User> & { user?: User; views: number; filler: string }

/** What mallory is where. */
const ROLES: Readonly<Record<string, string>> = {
  own: 'admin',
  start: 'viewer',
  victim: 'viewer',
}

const ORIGIN = 'https://shop.example'
const START_MS = 1_800_001_234_567
const REQUEST_MS = 6
/** Entries settle after three minutes, in steps of one. */
const WAIT_MS = 245_000
const WRITES = { writes: 10, waits: 6 }

export interface RoleMix {
  /** How many requests it made, those that only read included. */
  readonly requests: number
  /** How long they took by the clock of the nodes. */
  readonly seconds: number
  /** What the last one of them was shown. */
  readonly shown: { readonly tenant: string; readonly role: string }
}

export interface RoleMixOptions {
  /** Whether the app keeps tenant and role under keys of their own, or as one `atomic` value. */
  readonly keeps: 'apart' | 'atomic'
  /** Whether the client makes cheap writes only, or waits for four minutes before some of them. */
  readonly way: 'writes' | 'waits'
  /** How many more characters the session has. Default: 0. */
  readonly filler?: number
  /** After so many requests it gives up. Default: 500. */
  readonly most?: number
}

export async function mixRoles(options: RoleMixOptions): Promise<RoleMix> {
  const { keeps, way, filler = 0, most = 500 } = options
  let now = START_MS
  const app = createApp(keeps, filler, () => now)
  let requests = 0
  const send = async (method: 'GET' | 'POST', path: string, jar: BrowserJar) => {
    requests++
    now += REQUEST_MS
    const url = `${ORIGIN}${path}`
    const cookie = jar.header(url)
    const headers = cookie === undefined ? {} : { cookie }
    const response = await app.request(url, { method, headers })
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
    jar.store(response.headers.getSetCookie(), url)
    return response
  }
  const admin = new BrowserJar({ clock: () => now })
  await send('POST', '/login', admin)
  await send('POST', '/switch/own', admin)
  const viewer = admin.clone()
  await send('POST', '/switch/start', viewer)
  for (;;) {
    if (way === 'waits') now += WAIT_MS
    for (let i = 0; i < WRITES[way]; i++) await send('POST', '/seen', admin)
    const late = viewer.clone()
    await send('POST', '/switch/victim', late)
    const shown: RoleMix['shown'] = await (await send('GET', '/', both(admin, late))).json()
    const isMixed = shown.tenant === 'victim' && shown.role === 'admin'
    if (isMixed || requests >= most) return { requests, seconds: (now - START_MS) / 1000, shown }
  }
}

function both(one: BrowserJar, other: BrowserJar): BrowserJar {
  const jar = one.clone()
  const lines = other
    .cookies(ORIGIN)
    .map(({ name, value }) => `${name}=${value}; Path=/; Secure; HttpOnly`)
  jar.store(lines, ORIGIN)
  return jar
}

function createApp(keeps: 'apart' | 'atomic', filler: number, clock: () => number) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(
    session<Data>({
      secrets: 'only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5',
      ...(keeps === 'atomic' ? { atomic: ['user'] } : {}),
      initial: () => ({ views: 0, filler: 'x'.repeat(filler) }),
      clock,
    }),
  )
  const put = (data: Data, tenant: string) => {
    const user = { tenant, role: ROLES[tenant] ?? 'nobody' }
    if (keeps === 'atomic') data.user = user
    else Object.assign(data, user)
  }
  app.post('/login', (c) => {
    c.var.session.login('mallory')
    put(c.var.session.data, 'start')
    return c.text('ok')
  })
  app.post('/switch/:tenant', (c) => {
    const { tenant } = c.req.param()
    // As the guide says where rights go up.
    if (ROLES[tenant] === 'admin') c.var.session.regenerate()
    put(c.var.session.data, tenant)
    return c.text('ok')
  })
  app.post('/seen', (c) => {
    c.var.session.increment('views')
    return c.text('ok')
  })
  app.get('/', (c) => {
    const { user, tenant, role } = c.var.session.data
    return c.json(user ?? { tenant, role })
  })
  return app
}
