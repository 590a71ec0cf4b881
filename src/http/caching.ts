/** Cache safety: what one user's session made must not be served to another (RFC 9111 §4.1, §5.2.2, §7.3). */

/** A change of a response's headers: one more header, another value, or `undefined` to remove it. */
export interface HeaderEdit {
  readonly name: string
  readonly value: string | undefined
  readonly append?: true
}

/** What is known of a response before its body. */
export type ResponseHead = Pick<Response, 'status' | 'headers'>

/** What a session has to say about the headers of its response. */
export interface SessionHeaders {
  readonly setCookies: readonly string[]
  /** Whether the response depends on the session. */
  readonly wasRead: boolean
  /** The option: a header value, or `false` where the app sees to it. */
  readonly cacheControl: string | false
  /** The request's If-None-Match, or ''. */
  readonly ifNoneMatch: string
}

/** All that has to change in a response's headers, so that it carries the cookies and no cache serves it to others. */
export function headerEdits(
  { status, headers }: ResponseHead,
  { setCookies, wasRead, cacheControl, ifNoneMatch }: SessionHeaders,
): readonly HeaderEdit[] {
  const cookies = setCookies.map((value) => ({ name: 'Set-Cookie', value, append: true }) as const)
  if (!wasRead || !isCacheable(status)) return cookies
  return [
    ...cookies,
    ...tagEdits(status, headers, setCookies, ifNoneMatch),
    ...cacheEdits(headers, cacheControl),
  ]
}

/** Whether a cache may keep a response with this status: all but the upgrade to a WebSocket. */
export function isCacheable(status: number): boolean {
  return status !== 101
}

/**
 * A middleware further out, such as `etag()` of Hono, answers 304 where the tag of the response matches, and drops its
 * cookies. So a response with cookies has none that matches (RFC 9110 §13.1.2, §15.4.5).
 */
function tagEdits(
  status: number,
  headers: Headers,
  [first]: readonly string[],
  ifNoneMatch: string,
): HeaderEdit[] {
  if (first === undefined || ifNoneMatch === '') return []
  const tag = headers.get('ETag')
  if (tag !== null && !ifNoneMatch.includes(tag.replace(/^W\//, ''))) return []
  const [name = ''] = first.split('=')
  // A 304 has no body of which somebody could make another tag.
  const value = status === 304 ? undefined : `W/${unmatched(ifNoneMatch, name)}`
  return [{ name: 'ETag', value }]
}

function unmatched(ifNoneMatch: string, text: string): string {
  const tag = `"${text}"`
  return ifNoneMatch.includes(tag) ? unmatched(ifNoneMatch, `${text}+`) : tag
}

/** The response with these edits; the same one where there are none. */
export function edited(response: Response, edits: readonly HeaderEdit[]): Response {
  if (edits.length === 0) return response
  // The headers of some responses cannot be changed, such as those of a redirect.
  const changed = new Response(response.body, response)
  edit(changed.headers, edits)
  return changed
}

/** Does these edits. */
export function edit(headers: Headers, edits: readonly HeaderEdit[]): void {
  for (const { name, value, append } of edits) {
    if (value === undefined) headers.delete(name)
    else if (append) headers.append(name, value)
    else headers.set(name, value)
  }
}

/** Where one of these is there, the caches that know it do not look at Cache-Control (RFC 9213). */
const OVERRIDING = /^(?:.+-cache-control|edge-control|surrogate-control|x-accel-expires)$/

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
  for (const [name, value] of headers)
    if (OVERRIDING.test(name) && !forbidsStoring(name, value))
      edits.push({ name, value: undefined })
  return edits
}

function forbidsStoring(name: string, value: string): boolean {
  const isZero = name === 'x-accel-expires' && value.trim() === '0'
  return isZero || strictness(value) === NO_STORE
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
  const kept = partsOf(cacheControl).flatMap((text) => {
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
  const has = (name: string) => directives.some((each) => each.split('=')[0]?.trimEnd() === name)
  // Qualified forms, such as private="Set-Cookie", leave the rest of the response to caches. Whoever knows
  // must-understand does not look at no-store (RFC 9111 §5.2.2.3).
  if (directives.includes('no-store') && !has('must-understand')) return NO_STORE
  const isShared = has('public') || has('s-maxage')
  return directives.includes('private') && !isShared ? PRIVATE : 0
}

function directivesOf(cacheControl: string): string[] {
  return partsOf(cacheControl).map((part) => part.toLowerCase())
}

/** What stands between the commas; those in quotes are part of an argument (RFC 9110 §5.6.4). */
function partsOf(header: string): string[] {
  const parts = header.match(/(?:[^,"]|"(?:[^"\\]|\\(?:.|$))*(?:"|$))+/g) ?? []
  return parts.map((part) => part.trim())
}
