/** One node of the shop. */
import { type Context, Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'
import { SECRET } from '../../support/visitor.ts'
import { type Gate, html, pause } from './listen.ts'

/** Without `initial` nothing is there at first. */
export interface Data {
  goods?: Record<string, number>
  list?: string[]
  count?: number
  /** What OAuth calls `state`, of each flow that is under way. */
  flows?: Record<string, string>
  returned?: string[]
}

export interface ShopOptions {
  readonly sameSite?: 'Lax' | 'Strict'
  readonly initial?: () => Data
}

/** What a node says of the session. */
export interface Report {
  /** Of a session that the request brought along. */
  readonly id: string | null
  readonly user: string | null
  readonly data: Data
}

export interface NodeOptions extends ShopOptions {
  readonly clock: () => number
  /** Where slow requests wait. */
  readonly gate: Gate
  /** Whether logins by a form wait there. */
  readonly isLate: boolean
}

type Env = { Variables: SessionVariables<Data> }

/** So long as the test says: some milliseconds, or until it lets the request go. */
function wait(c: Context, gate: Gate): Promise<void> {
  const { delay = '0' } = c.req.query()
  return delay === 'long' ? gate.wait() : pause(Number(delay))
}

/** A form that the browser sends, and one that a script sends and that stays. */
const PAGE = html(`
<form id="plain" method="post"><input type="hidden" name="name" value="Ada"><button>Log in</button></form>
<form id="scripted" method="post"><input type="hidden" name="name" value="Ada"><button>Log in</button></form>
<script>
  const { plain, scripted } = document.forms
  plain.action = scripted.action = '/login' + location.search
  scripted.dataset.answers = 0
  scripted.onsubmit = async (event) => {
    event.preventDefault()
    await fetch(scripted.action, { method: 'POST', body: new FormData(scripted), redirect: 'manual' })
    scripted.dataset.answers++
  }
</script>`)

/** An answer with a page, or one that sends the browser on to `then`. */
function answer(c: Context): Response {
  const then = c.req.query('then')
  return then === undefined ? c.html(html('Done')) : c.redirect(then, 303)
}

function addCart(app: Hono<Env>, { gate }: NodeOptions): void {
  app.get('/page', (c) => c.html(PAGE))
  app.get('/session', (c) => {
    const { id, isNew, subject = null, data } = c.var.session
    return c.json<Report>({ id: isNew ? null : id, user: subject, data })
  })
  app.on(['GET', 'POST'], '/put/:key', async (c) => {
    await wait(c, gate)
    const { data } = c.var.session
    const key = c.req.param('key')
    data.goods ??= {}
    data.goods[key] = 1
    data.list ??= []
    data.list.push(key)
    c.var.session.increment('count')
    return answer(c)
  })
}

function addLogin(app: Hono<Env>, { gate, isLate }: NodeOptions): void {
  app.post('/login', async (c) => {
    const { form } = c.req.query()
    const name = String((await c.req.formData()).get('name'))
    if (form !== undefined && isLate) await gate.wait()
    c.var.session.subject = name
    return answer(c)
  })
  app.post('/logout', (c) => {
    c.var.session.destroy()
    return answer(c)
  })
}

function addOAuth(app: Hono<Env>, { gate }: NodeOptions): void {
  app.get('/start', async (c) => {
    await wait(c, gate)
    const { tab = '', provider = '', back = '/callback' } = c.req.query()
    const { data } = c.var.session
    const state = crypto.randomUUID()
    data.flows ??= {}
    data.flows[state] = tab
    const to = new URL(provider)
    to.searchParams.set('state', state)
    to.searchParams.set('back', new URL(back, c.req.url).href)
    return c.redirect(to.href, 302)
  })
  app.get('/callback/:user?', (c) => {
    const { data } = c.var.session
    const { state = '' } = c.req.query()
    const tab = data.flows?.[state]
    if (tab === undefined) return c.html(html('<p>lost'), 400)
    delete data.flows?.[state]
    data.returned ??= []
    data.returned.push(tab)
    const user = c.req.param('user')
    if (user !== undefined) c.var.session.subject = user
    return c.html(html('<p>found'))
  })
}

export function shopApp(options: NodeOptions): Hono<Env> {
  const { sameSite = 'Lax', initial = () => ({}), clock } = options
  const app = new Hono<Env>()
  app.use(session<Data>({ secrets: SECRET, cookie: { sameSite }, initial, clock }))
  addCart(app, options)
  addLogin(app, options)
  addOAuth(app, options)
  return app
}
