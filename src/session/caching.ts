/** Cache safety: what one user's session made must not be served to another (RFC 9111 §4.1, §5.2.2, §7.3). */

/** The headers that a response gets for which the session was read; `undefined` where it has them. */
export interface CacheHeaders {
  readonly vary: string | undefined
  readonly cacheControl: string | undefined
  /** Headers that must go: they would let a shared cache keep the response all the same. */
  readonly remove: readonly string[]
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

/**
 * What to change in the cache headers of a response for which the session was read.
 *
 * @param cacheControl - the option: a header value, or `false` where the app sees to it
 */
export function cacheHeaders(headers: Headers, cacheControl: string | false): CacheHeaders {
  const vary = headers.get('Vary')
  const present = headers.get('Cache-Control')
  const names = (vary ?? '').split(',').map((name) => name.trim().toLowerCase())
  const varies = names.includes('cookie') || names.includes('*')
  const more = varies ? undefined : vary ? `${vary}, Cookie` : 'Cookie'
  if (cacheControl === false) return { vary: more, cacheControl: undefined, remove: [] }
  const strictEnough =
    present !== null && strictness(present) >= Math.max(PRIVATE, strictness(cacheControl))
  return {
    vary: more,
    cacheControl: strictEnough ? undefined : tightened(cacheControl, present ?? ''),
    remove: OVERRIDING.filter((name) => {
      const value = headers.get(name)
      return value !== null && value !== '0' && strictness(value) < PRIVATE
    }),
  }
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
