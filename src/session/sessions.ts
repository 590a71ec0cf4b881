/** Opens and commits sessions: the entry to all layers below. Adapters are thin skins over this. */

import { SchemaInvalid } from '../errors.ts'
import type { CookieAttributes } from '../jar/cookies.ts'
import type { RandomBytes } from '../jar/ids.ts'
import { newSid } from '../jar/lifecycle.ts'
import { checkOut, type Depot } from '../overflow/claim-check.ts'
import { commitState } from './commit.ts'
import { claimChecks } from './data.ts'
import { endOf, renewedUntil } from './lifetime.ts'
import { type OpenedView, openView } from './open.ts'
import { noStore, type Prepared, prepare, prepareNew } from './prepare.ts'
import { cookiesFor, type ResolvedOptions } from './resolve.ts'
import { Session } from './session.ts'
import { SessionState } from './state.ts'

/** A session that was opened, and what its adapter needs to know. */
export interface OpenSession<Data extends object> {
  readonly session: Session<Data>
  /** What the names of its cookies begin with, in this request. */
  readonly prefix: string
  /** The Set-Cookie headers, once they are made. The same ones however often it is called. */
  commit(): Promise<readonly string[]>
  /** Gives up what was not committed, since the handler threw. Those that `session.commit()` made before. */
  rollBack(): readonly string[]
  /** Whether the app looked at the session, so that the response depends on it. */
  wasRead(): boolean
  /** Makes `session.commit()` throw: there is no response that could carry cookies. */
  detach(): void
}

/** Reads a header of a request, by its name. */
export type ReadHeader = (name: string) => string | null | undefined

/** Opens the session of a request. Never throws for what the request carries. */
export async function openSession<Data extends object>(
  url: string | URL,
  header: ReadHeader,
  options: ResolvedOptions,
): Promise<OpenSession<Data>> {
  const now = options.clock()
  const attributes = cookiesFor(new URL(url), header('X-Forwarded-Proto') ?? '', options)
  const depot = depotOf(options)
  const cookies = header('Cookie') ?? ''
  const { opened, prepared } = await openPrepared(cookies, attributes, options, depot, now)
  const { current } = opened.view
  const state = new SessionState(opened.view, prepared, options.transient, now)
  const sid = lazily(() => newSid(randomBytes))
  let committing: Promise<readonly string[]> | undefined
  let made: readonly string[] = []
  let detached = false
  const commit = () => {
    if (committing) return committing
    state.saving = true
    committing = commitState({
      options,
      attributes,
      opened,
      state,
      depot,
      sid,
      random: randomBytes,
    }).then(
      (lines) => {
        state.close()
        made = lines
        return lines
      },
      (error: unknown) => {
        // The handler may catch this, make the session smaller and commit again.
        committing = undefined
        state.saving = false
        throw error
      },
    )
    return committing
  }
  const isOther = () => state.regenerated || !current || state.subject !== current.head.subject
  const session = new Session<Data>(state, {
    commit: async () => {
      if (detached)
        throw new TypeError(
          'commit() of a session that read() gave: no response carries its cookies. Use open() and commit().',
        )
      await commit()
    },
    load: async (key) => {
      // A transient key shows nothing of what another release stored under it.
      if (!options.transient.includes(key)) await load(key, state, depot)
    },
    id: () => (isOther() || !current ? sid() : current.head.sid),
    times: () =>
      current && !isOther()
        ? {
            start: current.head.start,
            expires: Math.min(current.expires, endOf(current.head.start, options)),
          }
        : { start: now, expires: renewedUntil(now, now, options) },
    randomName: () => `f${newSid(randomBytes).slice(0, 6)}`,
  })
  const rollBack = () => {
    state.close()
    return made
  }
  const detach = () => {
    detached = true
  }
  return { session, prefix: attributes.prefix, commit, rollBack, wasRead: () => state.read, detach }
}

async function openPrepared(
  cookieHeader: string,
  attributes: CookieAttributes,
  options: ResolvedOptions,
  depot: Depot | undefined,
  now: number,
): Promise<{ opened: OpenedView; prepared: Prepared }> {
  const opened = await openView(cookieHeader, attributes, options, now)
  const { current } = opened.view
  if (!current) return { opened, prepared: prepareNew(options) }
  const prepared = await prepare(current.state, options, depot)
  if (options.onInvalid === 'fail' || !(prepared.refused instanceof SchemaInvalid))
    return { opened, prepared }
  const view = { ...opened.view, current: undefined }
  return { opened: { ...opened, view, setAside: current }, prepared: prepareNew(options) }
}

const randomBytes: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count))

function depotOf({
  overflow,
  keyring,
  overflowTimeoutMs,
  clock,
  emit,
}: ResolvedOptions): Depot | undefined {
  return overflow && { store: overflow, keyring, timeoutMs: overflowTimeoutMs, clock, report: emit }
}

async function load(key: string, state: SessionState, depot: Depot | undefined): Promise<void> {
  const check = claimChecks(state.prepared.origin).get(key)
  if (!check || state.loaded(key) !== undefined) return
  if (!depot) throw noStore(key)
  state.fill(key, await checkOut(depot, key, check))
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
