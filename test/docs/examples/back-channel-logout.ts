import { Hono } from 'hono'
import { type JWTVerifyGetKey, jwtVerify } from 'jose'
import { type SessionVariables, session } from '../../../src/hono.ts'
import { createSessions, type RevocationStore, type RevocationTarget } from '../../../src/index.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** What is known of the identity provider. `keys` is `createRemoteJWKSet(new URL(jwks_uri))` of jose. */
interface Provider {
  readonly issuer: string
  readonly clientId: string
  readonly keys: JWTVerifyGetKey
  /** Exchanges the code of a login for an ID token, and verifies that. */
  readonly claimsOf: (code: string) => Promise<{ readonly sub: string; readonly sid?: string }>
}

export function createApp(secrets: string, store: RevocationStore, provider: Provider) {
  const { issuer, clientId, keys, claimsOf } = provider
  const options = { secrets, revocation: { store, onUnavailable: 'deny' } } as const
  const sessions = createSessions(options)
  const app = new Hono<{ Variables: SessionVariables }>()
  app.use(session(options))

  app.get('/callback', async (c) => {
    const { sub, sid } = await claimsOf(c.req.query('code') ?? '') // and check state and nonce
    const keys = [sid === undefined ? await keyOf('sub', sub) : await keyOf('sid', sid)]
    if (sub === '') return c.text('The provider does not say who you are.', 502)
    c.var.session.login(sub)
    c.var.session.keys = keys
    return c.redirect('/', 303)
  })

  // OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8. The provider calls it, no browser does.
  app.post('/backchannel-logout', async (c) => {
    c.header('Cache-Control', 'no-store')
    const form = await c.req.formData().catch(() => new FormData())
    const token = form.get('logout_token')
    const targets = typeof token === 'string' ? await targetsOf(token) : []
    if (targets.length === 0) return c.json({ error: 'invalid_request' }, 400)
    // An error is a 500, and the provider tries again.
    await Promise.all(targets.map((target) => sessions.revoke(target)))
    return c.body(null, 200)
  })

  async function targetsOf(token: string): Promise<RevocationTarget[]> {
    const checks = {
      issuer,
      audience: clientId,
      algorithms: ['RS256', 'ES256'],
      maxTokenAge: 120,
      clockTolerance: 30,
    }
    const claims = await jwtVerify(token, keys, {
      ...checks,
      requiredClaims: ['jti', 'events'],
    }).then(
      ({ payload }) => payload,
      () => undefined,
    )
    const { events, nonce, sid, sub } = claims ?? {}
    // An ID token is no logout token: it has a nonce, or lacks the event.
    const event: unknown = events && Reflect.get(Object(events), EVENT)
    const isLogout = typeof event === 'object' && event !== null
    if (!isLogout || nonce !== undefined) return []
    const isUser = typeof sub === 'string' && sub !== ''
    if (sid === undefined) return isUser ? [{ subject: sub }] : []
    if (typeof sid !== 'string') return []
    const target = { key: await keyOf('sid', sid) }
    // Of a login whose ID token named no session it is not known which one it was: it ends as well.
    return isUser ? [target, { key: await keyOf('sub', sub) }] : [target]
  }

  /** A key has at most 200 characters, and the session id of a provider as many as it likes. */
  async function keyOf(claim: 'sid' | 'sub', value: string) {
    const text = new TextEncoder().encode(JSON.stringify([issuer, claim, value]))
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
    return `oidc:${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  }

  app.get('/', (c) => c.json({ user: c.var.session.subject ?? null }))
  return app
}
