/** From a plan to Set-Cookie headers. */
import { dataKey } from '../data/keys.ts'
import { type KeySize, SessionTooLarge } from '../errors.ts'
import { largestOf, sizesOf } from '../fit/fit.ts'
import { cookieBytes, deleteCookie, MAX_COOKIE_BYTES, setCookie } from '../http/cookies.ts'
import { type Fragment, ID_LENGTH, isBase, logOf, type Op } from '../log/format/fragment.ts'
import type { Plan } from '../log/writing/write.ts'
import { lastEndOf } from '../opening/lifetime.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { sealFragment } from '../seal/fragment.ts'
import { utf8Length } from '../tree/bytes.ts'
import { topKeyOf } from '../tree/pointer.ts'
import type { Draft } from './draft.ts'
import type { Opened } from './open.ts'

/**
 * The Set-Cookie headers of one response stay under this: by default nginx buffers 4 KB of response
 * headers and answers 502 beyond. Deletions that do not fit are left to a later response.
 */
export const MAX_SET_COOKIE_BYTES = 3500

/** How many characters the value of a cookie may have. */
export function mostIn({ opened }: Pick<Draft, 'opened'>): number {
  return MAX_COOKIE_BYTES - cookieBytes(opened.attributes, '0'.repeat(ID_LENGTH), 0)
}

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
    const remedy = options.overflow
      ? 'Change less in one request.'
      : 'Change less in one request, or configure an overflow store, such as overflow: workersKV(env.SESSIONS).'
    throw new SessionTooLarge('The change', bytes, MAX_COOKIE_BYTES, largestKeys(fragment), remedy)
  }
  return setCookie(attributes, fragment.id, value, (keepUntil(fragment, options) - now) / 1000)
}

/** The keys of the data that take most in a fragment. */
function largestKeys(fragment: Fragment): KeySize[] {
  const bytes = new Map<string, number>()
  const add = (key: string, part: unknown) =>
    bytes.set(key, (bytes.get(key) ?? 0) + utf8Length(JSON.stringify(part)))
  if (isBase(fragment))
    for (const { key, bytes: size } of sizesOf(fragment.state)) bytes.set(key, size)
  for (const { ops } of logOf(fragment)?.entries ?? []) for (const op of ops) add(nameOf(op), op)
  return largestOf(Array.from(bytes, ([key, size]) => ({ key, bytes: size })))
}

/** The key that an op is about, as errors name it. */
function nameOf(op: Op): string {
  if (op.kind === 'once') return 'once()'
  const key = topKeyOf(op.path)
  return dataKey(key) ?? 'flash()'
}

/**
 * Until when the browser keeps a fragment. Any fragment that comes later may renew the session, and then this
 * one is still needed: so as long as the session can live at all. The server honours it no longer for that.
 */
function keepUntil({ kind, identity, expires }: Fragment, options: ResolvedOptions): number {
  return kind === 'tombstone' ? expires : lastEndOf(identity.start, options)
}
