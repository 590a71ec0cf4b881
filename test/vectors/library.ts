/** What the library finds in a vector. All that this folder needs of src/ to read one. */

import { cookiesFor } from '../../src/http/address.ts'
import { createSessions, OverflowUnavailable, type SessionEvent } from '../../src/index.ts'
import type { View } from '../../src/log/reading/merge.ts'
import { openView } from '../../src/opening/view.ts'
import { optionsAt, type ResolvedOptions, resolveOptions } from '../../src/options/resolve.ts'
import { fetchAll } from '../../src/shown/stored.ts'
import { checkKeyOf } from '../../src/tree/rich.ts'
import type { JsonObject } from './reader/json.ts'
import { shown } from './shown.ts'
import type { Expected, Vector } from './vector.ts'

/** Where a request with such cookies goes. */
export function urlOf(prefix: Vector['prefix']): string {
  return prefix === '' ? 'http://localhost:8787/' : 'https://shop.example/'
}

/** What the library makes of a vector's cookies. */
export async function found(vector: Omit<Vector, 'expected' | 'claims'>): Promise<Expected> {
  const { secrets, cookieName, prefix, now, absoluteTimeout, cookieHeader, store } = vector
  const { idleTimeout = Math.min(1800, absoluteTimeout) } = vector
  const { maxIdleTimeout = idleTimeout, maxAbsoluteTimeout = absoluteTimeout } = vector
  const unused: Record<string, number> = {}
  const options = {
    secrets,
    cookie: { name: cookieName, domain: vector.domain },
    audience: vector.audience,
    absoluteTimeout,
    idleTimeout,
    maxIdleTimeout,
    maxAbsoluteTimeout,
    clock: () => now,
    overflow: {
      get: async (key: string) => store[key],
      put: () => Promise.reject(new Error('vectors are only read')),
    },
  }
  const onEvent = (event: SessionEvent) => {
    if (event.type === 'rejected') unused[event.reason] = (unused[event.reason] ?? 0) + event.count
    if (event.type === 'expired')
      unused[`expired-${event.limit}`] = (unused[`expired-${event.limit}`] ?? 0) + 1
  }
  const headers = new Headers(cookieHeader === '' ? {} : { Cookie: cookieHeader })
  const session = await createSessions({ ...options, onEvent }).read(headers, urlOf(prefix))
  if (session.isNew) return { session: null, unused }
  const resolved = resolveOptions(options)
  const url = new URL(urlOf(prefix))
  const attributes = cookiesFor(url, new Headers(), resolved.cookies)
  const own = optionsAt(resolved, attributes, url)
  const { view } = await openView(cookieHeader, attributes, own, now)
  const state = await fetchedState(view, own)
  const missing = Object.keys(session.data).filter((key) => isMissing(session.data, key))
  const there = Object.entries(Object.getOwnPropertyDescriptors(session.data))
    .filter(([key]) => !missing.includes(key))
    .map(([key, { value }]): [string, unknown] => [key, value])
  return {
    session: {
      sid: session.id,
      subject: session.subject ?? null,
      startedAt: session.startedAt.getTime(),
      expiresAt: session.expiresAt.getTime(),
      state,
      data: shown(Object.fromEntries(there)),
      flashed: shown(session.flashed),
      version: typeof state['~v'] === 'number' ? state['~v'] : 0,
      missing: missing.sort(),
    },
    unused,
  }
}

/** The state with the values that the store has, and without those that it does not have. */
async function fetchedState({ current }: View, options: ResolvedOptions): Promise<JsonObject> {
  if (!current) return {}
  const { keyring, overflow: store, clock, overflowTimeoutMs: timeoutMs } = options
  const bounds = { maxBytes: options.maxSessionBytes, fetching: { count: 0, bytes: 0 } }
  const depot = store && { store, keyring, timeoutMs, clock, ...bounds, report: () => undefined }
  const { state, memory, waiting } = current
  const all = await fetchAll({ state, memory, waiting, fetched: new Map() }, depot, new Map())
  return Object.fromEntries(
    Object.entries(all.state).filter(([, tree]) => checkKeyOf(tree) === undefined),
  )
}

function isMissing(data: object, key: string): boolean {
  try {
    Reflect.get(data, key)
    return false
  } catch (error) {
    if (error instanceof OverflowUnavailable) return true
    throw error
  }
}
