/** Cache safety: what one user's session made must not be served to another (RFC 9111 §4.1, §5.2.2, §7.3). */

/** A change of a response's headers: one more header, another value, or `undefined` to remove it. */
export interface HeaderEdit {
  readonly name: string
  readonly value: string | undefined
  readonly append?: true
}

/** What a session has to say about the headers of its response. */
export interface SessionHeaders {
  readonly setCookies: readonly string[]
  /** Whether the response depends on the session. */
  readonly wasRead: boolean
  /** The option: a header value, or `false` where the app sees to it. */
  readonly cacheControl: string | false
}

/** All that has to change in a response's headers, so that it carries the cookies and no cache serves it to others. */
export function headerEdits(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  { setCookies, wasRead, cacheControl }: SessionHeaders,
): readonly HeaderEdit[] {
  const cookies = setCookies.map((value) => ({ name: 'Set-Cookie', value, append: true }) as const)
  // No cache keeps the upgrade to a WebSocket.
  return wasRead && status !== 101 ? [...cookies, ...cacheEdits(headers, cacheControl)] : cookies
}

/** The response with these edits; the same one where there are none. */
export function edited(response: Response, edits: readonly HeaderEdit[]): Response {
  if (edits.length === 0) return response
  // The headers of some responses cannot be changed, such as those of a redirect.
  const changed = new Response(response.body, response)
  for (const { name, value, append } of edits) {
    if (value === undefined) changed.headers.delete(name)
    else if (append) changed.headers.append(name, value)
    else changed.headers.set(name, value)
  }
  return changed
}

/** Where one of these is there, the caches that know it do not look at Cache-Control (RFC 9213). */
const OVERRIDING = [
  'CDN-Cache-Control',
  'Cloudflare-CDN-Cache-Control',
  'Netlify-CDN-Cache-Control',
  'Vercel-CDN-Cache-Control',
  'Surrogate-Control',
  'X-Accel-Expires',
] as const

function cacheEdits(headers: Headers, cacheControl: string | false): HeaderEdit[] {
  const vary = headers.get('Vary')
  const names = (vary ?? '').split(',').map((name) => name.trim().toLowerCase())
  const varies = names.includes('cookie') || names.includes('*')
  const edits: HeaderEdit[] = varies
    ? []
    : [{ name: 'Vary', value: vary ? `${vary}, Cookie` : 'Cookie' }]
  if (cacheControl === false) return edits
  const present = headers.get('Cache-Control')
  const wanted = Math.max(PRIVATE, strictness(cacheControl))
  if (present === null || strictness(present) < wanted)
    edits.push({ name: 'Cache-Control', value: tightened(cacheControl, present ?? '') })
  for (const name of OVERRIDING) {
    const value = headers.get(name)
    if (value !== null && value !== '0' && strictness(value) < PRIVATE)
      edits.push({ name, value: undefined })
  }
  return edits
}

/** Directives that forbid something, so that one that the app set stays. */
const FORBIDDING = ['no-cache', 'must-revalidate', 'no-transform']

/** The option's directives, and what the app's forbid beyond them. */
function tightened(cacheControl: string, present: string): string {
  if (strictness(cacheControl) === NO_STORE) return cacheControl
  const wanted = directivesOf(cacheControl)
  const added = directivesOf(present).filter(
    (directive) => FORBIDDING.includes(directive) && !wanted.includes(directive),
  )
  const ages = [...wanted, ...directivesOf(present)].flatMap((directive) =>
    /^max-age=\d+$/.test(directive) ? [Number(directive.slice(8))] : [],
  )
  const kept = cacheControl.split(',').flatMap((directive) => {
    const text = directive.trim()
    return text === '' || /^max-age=/i.test(text) ? [] : [text]
  })
  const age = ages.length > 0 ? [`max-age=${Math.min(...ages)}`] : []
  return [...kept, ...added, ...age].join(', ')
}

const NO_STORE = 2
const PRIVATE = 1

/** 2: nobody may store it. 1: shared caches may not. 0: anybody may. */
function strictness(cacheControl: string): number {
  const directives = directivesOf(cacheControl)
  // Qualified forms, such as private="Set-Cookie", leave the rest of the response to caches.
  if (directives.includes('no-store')) return NO_STORE
  return directives.includes('private') ? PRIVATE : 0
}

function directivesOf(cacheControl: string): string[] {
  return cacheControl.split(',').map((directive) => directive.trim().toLowerCase())
}
