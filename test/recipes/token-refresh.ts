import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type SessionVariables, session } from '../../src/hono.ts'

/** `expires` is in ms since 1970. The three belong together: assign them as one object. */
export type Tokens = { access: string; refresh: string; expires: number }
type Data = { tokens: Tokens }
type App = { Variables: SessionVariables<Partial<Data>> }
type Answer = { access_token: string; refresh_token?: string; expires_in: number; error?: string }

export interface AppOptions {
  secrets: string
  /** Posts a form to the token endpoint, with the credentials of your client. */
  tokenEndpoint: (form: URLSearchParams) => Promise<Response>
  /** Any API that takes the access token. */
  loadOrders: (accessToken: string) => Promise<unknown>
  clock?: () => number
}

/** Refresh this long before the access token expires: who loses then still has a valid one. */
const EARLY_MS = 30_000

export function createApp({ secrets, tokenEndpoint, loadOrders, clock = Date.now }: AppOptions) {
  const inFlight = new Map<string, Promise<Tokens | undefined>>()

  /** New tokens, or `undefined` if the provider does not accept the refresh token any more. */
  async function requestTokens(refresh: string): Promise<Tokens | undefined> {
    const asked = clock()
    const response = await tokenEndpoint(
      new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh }),
    )
    const answer: Answer = await response.json()
    if (answer.error === 'invalid_grant') return undefined
    if (!response.ok) throw new Error(`The token endpoint answered ${response.status}.`)
    return {
      access: answer.access_token,
      refresh: answer.refresh_token ?? refresh, // not every provider issues a new one
      expires: asked + answer.expires_in * 1000,
    }
  }

  /** One call in flight for each refresh token on this node. */
  function refreshOnce(refresh: string): Promise<Tokens | undefined> {
    const running = inFlight.get(refresh)
    if (running) return running
    const started = requestTokens(refresh).finally(() => inFlight.delete(refresh))
    inFlight.set(refresh, started)
    return started
  }

  async function accessToken(c: Context<App>): Promise<string> {
    const { data } = c.var.session
    const { tokens } = data
    if (!tokens) throw new HTTPException(401, { message: 'Please log in.' })
    if (tokens.expires - EARLY_MS > clock()) return tokens.access
    const fresh = await refreshOnce(tokens.refresh)
    if (fresh) {
      data.tokens = { ...fresh } // always all three, and an object of its own
      return fresh.access
    }
    // Another request has used the refresh token. Leave the session alone: the tokens in it are
    // older than those that the other request saves.
    if (tokens.expires > clock()) return tokens.access
    throw retryOnce(c)
  }

  const app = new Hono<App>()
  app.use(
    session<Data>({
      secrets,
      clock,
      atomic: ['tokens'],
    }),
  )
  app.get('/orders', async (c) => c.json(await loadOrders(await accessToken(c))))
  return app
}

/** Asks for the same request again, with the cookies that the other one has set by then. */
function retryOnce(c: Context): HTTPException {
  const url = new URL(c.req.url)
  if (url.searchParams.has('retry')) return new HTTPException(401, { message: 'Please log in.' })
  url.searchParams.set('retry', '1')
  const headers = new Headers({ 'Retry-After': '1' }) // for fetch()
  if (c.req.method === 'GET') headers.set('Refresh', `1; url=${url.pathname}${url.search}`) // for pages
  return new HTTPException(503, { res: new Response('One moment …', { status: 503, headers }) })
}
