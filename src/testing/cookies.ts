/** Cookies of a session that has given data, so that tests can begin where a user is logged in. */
import type { Session } from '../session/session.ts'
import type { Sessions } from '../sessions.ts'
import { BrowserJar, type StoredCookie } from './browser-jar.ts'

/** A cookie as Playwright has it. */
export interface PlaywrightCookie {
  /** Its name, prefix included. */
  readonly name: string
  /** Its value. */
  readonly value: string
  /** The host, or `.` and the domain. */
  readonly domain: string
  /** The path. */
  readonly path: string
  /** In seconds since 1970. -1: until the browser is closed. */
  readonly expires: number
  /** Whether scripts of the page cannot see it. */
  readonly httpOnly: boolean
  /** Whether it goes over https only. */
  readonly secure: boolean
  /** Which requests of other sites carry it. */
  readonly sameSite: 'Strict' | 'Lax' | 'None'
}

/** What Playwright takes as the option `storageState` of a browser context. */
export interface PlaywrightState {
  /** The cookies of all sites. */
  cookies: PlaywrightCookie[]
  /** What pages stored otherwise: nothing. */
  origins: never[]
}

/**
 * The Cookie header of a browser that has a session with given data.
 *
 * @param sessions - what `createSessions()` returned, with the options of the app: for Hono those of `session()`
 * @param change - makes the session what the test needs, as a handler would
 * @param url - the address that the request will be sent to. Default: `https://localhost/`
 * @throws what `commit()` throws
 * @example
 * ```ts
 * import { cookieHeader } from 'carryon/testing'
 *
 * const cookie = await cookieHeader(sessions, (session) => {
 *   session.login('ada')
 *   session.data.cart['apples'] = 3
 * }, 'https://shop.example/')
 * const response = await app.request('https://shop.example/cart', { headers: { cookie } })
 * ```
 */
export async function cookieHeader<Data extends object>(
  sessions: Sessions<Data>,
  change: (session: Session<Data>) => unknown,
  url: string | URL = 'https://localhost/',
): Promise<string> {
  return (await jarWith(sessions, change, url)).header(url) ?? ''
}

/**
 * The same for Playwright: pass it as `storageState` to `browser.newContext()`, or to `use` in the configuration.
 *
 * @param sessions - what `createSessions()` returned, with the options of the app
 * @param change - makes the session what the test needs
 * @param url - the address of the app, such as `http://localhost:3000`
 * @throws what `commit()` throws
 * @example
 * ```ts
 * import { storageState } from 'carryon/testing'
 *
 * const state = await storageState(sessions, (session) => session.login('ada'), 'http://localhost:3000')
 * // const context = await browser.newContext({ storageState: state })
 * ```
 */
export async function storageState<Data extends object>(
  sessions: Sessions<Data>,
  change: (session: Session<Data>) => unknown,
  url: string | URL,
): Promise<PlaywrightState> {
  const jar = await jarWith(sessions, change, url)
  return { cookies: jar.cookies(url).map(forPlaywright), origins: [] }
}

async function jarWith<Data extends object>(
  sessions: Sessions<Data>,
  change: (session: Session<Data>) => unknown,
  url: string | URL,
): Promise<BrowserJar> {
  const jar = new BrowserJar({ secureOnLocalhost: true })
  const session = await sessions.open({ url: String(url), method: 'GET', headers: {} })
  await change(session)
  jar.store((await sessions.headers(session)).getSetCookie(), url)
  const [dropped] = jar.dropped
  if (dropped) throw new Error(`A browser at ${url} drops the cookie: ${dropped.reason}.`)
  return jar
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const

function forPlaywright(cookie: StoredCookie): PlaywrightCookie {
  const { name, value, path, expires, httpOnly, secure, sameSite = 'lax' } = cookie
  return {
    name,
    value,
    domain: cookie.hostOnly ? cookie.domain : `.${cookie.domain}`,
    path,
    expires: expires === undefined ? -1 : Math.floor(expires / 1000),
    httpOnly,
    secure,
    sameSite: SAME_SITE[sameSite],
  }
}
