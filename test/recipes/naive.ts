/** The recipe's mutant: who is told `invalid_grant` ends the session. Everybody is signed out. */
import { Hono } from 'hono'
import { type SessionVariables, session } from '../../src/hono.ts'
import type { AppOptions, Tokens } from './token-refresh.ts'

type Data = { tokens: Tokens }
type Answer = { access_token: string; refresh_token: string; expires_in: number; error?: string }

export function createNaiveApp(options: AppOptions) {
  const { secrets, tokenEndpoint, loadOrders, clock = Date.now } = options
  const inFlight = new Map<string, Promise<Tokens | undefined>>()

  async function requestTokens(refresh: string): Promise<Tokens | undefined> {
    const asked = clock()
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh })
    const answer: Answer = await (await tokenEndpoint(form)).json()
    if (answer.error !== undefined) return undefined
    const expires = asked + answer.expires_in * 1000
    return { access: answer.access_token, refresh: answer.refresh_token, expires }
  }

  const app = new Hono<{ Variables: SessionVariables<Partial<Data>> }>()
  app.use(session<Data>({ secrets, clock }))
  app.get('/orders', async (c) => {
    const { tokens } = c.var.session.data
    if (!tokens) return c.text('Please log in.', 401)
    if (tokens.expires - 30_000 > clock()) return c.json(await loadOrders(tokens.access))
    const { refresh } = tokens
    const running =
      inFlight.get(refresh) ?? requestTokens(refresh).finally(() => inFlight.delete(refresh))
    inFlight.set(refresh, running)
    const fresh = await running
    if (!fresh) {
      c.var.session.destroy()
      return c.text('Please log in.', 401)
    }
    c.var.session.data.tokens = { ...fresh }
    return c.json(await loadOrders(fresh.access))
  })
  return app
}
