/** The app that is attacked, the same on Node and in workerd: one route ignores the session, one reads it. */
import { Hono } from 'hono'
import { ORDINARY } from '../../src/http/facts.ts'
import { type ResolvedOptions, resolveOptions } from '../../src/options/resolve.ts'
import { SessionRequest } from '../../src/session/request.ts'
import { Session } from '../../src/session/session.ts'

export const SECRET = 'a-password-for-a-benchmark-of-more-than-32-characters'

export type App = Hono<{ Variables: { session: Session<Record<string, unknown>> } }>

/** What the store was asked for. */
export interface Reads {
  count: number
  /** As JSON, which is what `maxSessionBytes` counts. */
  bytes: number
}

/**
 * @param values - what is in the overflow store
 * @param now - the time of all requests, in ms since 1970
 * @param onHandler - is called while a handler runs
 */
export function appOf(
  values: ReadonlyMap<string, string>,
  now: number,
  reads: Reads,
  onHandler: () => void = () => undefined,
): App {
  const options: ResolvedOptions = {
    ...resolveOptions({
      secrets: SECRET,
      clock: () => now,
      overflow: {
        get: async (key) => {
          const value = values.get(key)
          reads.count++
          // Four characters stand for three bytes, and some 150 stand around the value.
          reads.bytes += Math.floor(((value?.length ?? 0) * 3) / 4) - 150
          return value
        },
        put: () => Promise.reject(new Error('nothing is written here')),
      },
    }),
    // Each request is one that this node has not seen before.
    seen: undefined,
  }
  const app: App = new Hono()
  // As `session()` does it, with these options.
  app.use(async (c, next) => {
    const header = c.req.header('Cookie') ?? ''
    const request = await SessionRequest.open(header, options.cookies.secure, options, {
      facts: ORDINARY,
    })
    c.set('session', new Session(request))
    await next()
    const setCookies = await request.commit()
    for (const { name, value, append = false } of request.editsOf(c.res, setCookies))
      c.header(name, value, { append })
  })
  app.get('/ping', (c) => {
    onHandler()
    return c.text('pong')
  })
  app.get('/read', (c) => {
    const { data } = c.var.session
    onHandler()
    return c.text(String(Object.keys(data).length))
  })
  return app
}
