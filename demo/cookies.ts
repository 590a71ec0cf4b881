/** Name and size of one cookie that a request carried. */
export interface CookieSize {
  readonly name: string
  /** Name plus value, which is what browsers hold to 4,096. */
  readonly bytes: number
}

/**
 * Sizes of the cookies in a Cookie header. The page cannot look for itself: they are HttpOnly.
 */
export function cookieSizes(header: string | undefined): CookieSize[] {
  if (header === undefined || header === '') return []
  return header.split(';').map((pair) => {
    const text = pair.trim()
    const equals = text.indexOf('=')
    return { name: text.slice(0, Math.max(equals, 0)), bytes: text.length - (equals < 0 ? 0 : 1) }
  })
}
