/** From a plan to Set-Cookie headers. */
import { SessionTooLarge } from '../errors.ts'
import { cookieBytes, deleteCookie, MAX_COOKIE_BYTES, setCookie } from '../http/cookies.ts'
import type { Fragment } from '../log/format/fragment.ts'
import type { Plan } from '../log/writing/write.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { sealFragment } from '../seal/fragment.ts'
import type { Draft } from './draft.ts'
import { endOf } from './lifetime.ts'
import type { Opened } from './open.ts'

/**
 * The Set-Cookie headers of one response stay under this: by default nginx buffers 4 KB of response
 * headers and answers 502 beyond. Deletions that do not fit are left to a later response.
 */
export const MAX_SET_COOKIE_BYTES = 3500

/**
 * The headers that carry out a plan, as far as there is room for its deletions.
 *
 * @throws SessionTooLarge
 */
export async function setCookies(
  { opened, intent }: Draft,
  plan: Plan,
  now: number,
): Promise<string[]> {
  const { attributes, setAside, useless } = opened
  const lines = await Promise.all(plan.put.map((fragment) => putLine(opened, fragment, now)))
  const aside = intent === 'end' ? [] : (setAside?.fragments ?? [])
  const spared = new Set([...plan.put, ...aside].map(({ id }) => id))
  const gone = new Set([...plan.remove.map(({ id }) => id), ...useless])
  let bytes = lines.reduce((sum, line) => sum + line.length, 0)
  const room = roomForDeletions(bytes)
  for (const id of gone) {
    if (spared.has(id)) continue
    const line = deleteCookie(attributes, id)
    bytes += line.length
    if (bytes >= room) break
    lines.push(line)
  }
  return lines
}

/**
 * Up to how many bytes the Set-Cookie headers of a response may grow by deletions, that has `bytes` of them. One
 * that is too long already deletes the base that it replaces all the same, or the jar would keep both.
 */
export function roomForDeletions(bytes: number): number {
  return bytes < MAX_SET_COOKIE_BYTES ? MAX_SET_COOKIE_BYTES : bytes + 200
}

async function putLine(
  { attributes, options }: Opened,
  fragment: Fragment,
  now: number,
): Promise<string> {
  const value = await sealFragment(fragment, options.keyring, now)
  const bytes = cookieBytes(attributes, fragment.id, value.length)
  if (bytes > MAX_COOKIE_BYTES) {
    throw new SessionTooLarge("The session's cookie", bytes, MAX_COOKIE_BYTES, [], 'Store less.')
  }
  return setCookie(attributes, fragment.id, value, (keepUntil(fragment, options) - now) / 1000)
}

/**
 * Until when the browser keeps a fragment. Any fragment that comes later may renew the session, and then this
 * one is still needed: so as long as the session can live at all. The server honours it no longer for that.
 */
function keepUntil({ kind, head, expires }: Fragment, options: ResolvedOptions): number {
  return kind === 'tombstone' ? expires : endOf(head.start, options)
}
