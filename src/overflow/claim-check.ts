/**
 * Claim checks: what stands in a session in the place of a value that lies in the overflow store.
 * On the wire `{"$":["c", key, bytes, digest]}`. The value is sealed with the session's keys; its key
 * is fresh and random each time, so a stale store cannot serve an older value under it.
 */

import { type OverflowFailure, OverflowUnavailable } from '../errors.ts'
import { openText, sealText } from '../seal/jwe.ts'
import type { Keyring } from '../seal/keyring.ts'
import { toBase64Url, utf8Length } from '../tree/bytes.ts'
import { checkKeyOf } from '../tree/rich.ts'
import { isArray, isObject, TAG_KEY, type Tree, type TreeObject } from '../tree/tree.ts'
import { MIN_TTL_SECONDS, type OverflowStore } from './store.ts'
import { StoreTimeout, withTimeout } from './timeout.ts'

const CHECK_TAG = 'c'
const KEY_BYTES = 16
const DIGEST_CHARACTERS = 22
/** Header, tag, and what is sealed beside the value take less. */
const AROUND_LENGTH = 400

/** A claim check, read. */
export interface ClaimCheck {
  /** The store's key: 128 random bits in base64url. */
  readonly key: string
  /** The bytes that the value takes as JSON. */
  readonly bytes: number
  /** 132 bits of the SHA-256 of the value's JSON, in base64url. */
  readonly digest: string
}

/** What a call of the store is told, for `onEvent`. */
export type StoreReport =
  | { readonly type: 'overflow-put' | 'overflow-get'; readonly bytes: number; readonly ms: number }
  | { readonly type: 'overflow-miss'; readonly ms: number }
  | {
      readonly type: 'overflow-error'
      readonly operation: 'get' | 'put'
      readonly failure: Exclude<OverflowFailure, 'missing' | 'too-large'>
      readonly ms: number
    }

/** What a request has fetched, or is about to. */
export interface Fetching {
  count: number
  bytes: number
}

/** A store with all that is needed to use it. */
export interface Depot {
  readonly store: OverflowStore
  readonly keyring: Keyring
  /** How long one call of the store may take, in ms. */
  readonly timeoutMs: number
  /** How many bytes of values one request may fetch, as JSON. */
  readonly maxBytes: number
  /** What this request has fetched so far. */
  readonly fetching: Fetching
  /** The time in ms since 1970. */
  readonly clock: () => number
  readonly report: (report: StoreReport) => void
}

/** The tree of a claim check. */
export function claimCheckTree({ key, bytes, digest }: ClaimCheck): TreeObject {
  return { [TAG_KEY]: [CHECK_TAG, key, bytes, digest] }
}

/** The claim check that a tree is, or `undefined`. */
export function readClaimCheck(tree: Tree | undefined): ClaimCheck | undefined {
  const key = checkKeyOf(tree)
  const parts = isObject(tree) ? tree[TAG_KEY] : undefined
  if (key === undefined || !isArray(parts)) return undefined
  const [, , bytes, digest] = parts
  return typeof bytes === 'number' && typeof digest === 'string'
    ? { key, bytes, digest }
    : undefined
}

/**
 * Puts `value` into the store; it is there when the promise resolves.
 *
 * @param name - the key in the session, for the error
 * @param ttlSeconds - how long the session can still live
 * @throws {@link OverflowUnavailable} where the store fails or takes too long
 */
export async function checkIn(
  depot: Depot,
  name: string,
  value: Tree,
  ttlSeconds: number,
): Promise<ClaimCheck> {
  const key = toBase64Url(crypto.getRandomValues(new Uint8Array(KEY_BYTES)))
  const json = JSON.stringify(value)
  const started = depot.clock()
  const token = await sealText(
    JSON.stringify({ v: 1, k: 'o', jti: key, d: value }),
    depot.keyring,
    started,
  )
  const ttl = Math.max(MIN_TTL_SECONDS, Math.ceil(ttlSeconds))
  try {
    await withTimeout(depot.store.put(key, token, ttl), depot.timeoutMs)
  } catch (error) {
    throw failed(depot, 'put', name, started, error)
  }
  const bytes = utf8Length(json)
  depot.report({ type: 'overflow-put', bytes: token.length, ms: depot.clock() - started })
  return { key, bytes, digest: await digestOf(json) }
}

/**
 * Fetches the value of a claim check.
 *
 * @throws {@link OverflowUnavailable} where the store fails, takes too long, does not have it, or has
 *   something else
 */
export async function checkOut(depot: Depot, name: string, check: ClaimCheck): Promise<Tree> {
  const started = depot.clock()
  let token: unknown
  try {
    token = await withTimeout(depot.store.get(check.key), depot.timeoutMs)
  } catch (error) {
    throw failed(depot, 'get', name, started, error)
  }
  const ms = depot.clock() - started
  if (token === undefined) {
    depot.report({ type: 'overflow-miss', ms })
    throw new OverflowUnavailable(name, 'missing', missingMessage(name))
  }
  const value = typeof token === 'string' ? await unseal(depot, check, token) : undefined
  if (typeof token !== 'string' || value === undefined) {
    depot.report({ type: 'overflow-error', operation: 'get', failure: 'invalid', ms })
    throw new OverflowUnavailable(
      name,
      'invalid',
      `The overflow store holds something else in the place of "${name}". ` +
        'Check that nothing else writes to it, and that all nodes have the same secrets.',
    )
  }
  depot.report({ type: 'overflow-get', bytes: token.length, ms })
  return value
}

async function unseal(depot: Depot, check: ClaimCheck, token: string): Promise<Tree | undefined> {
  // A check tells its bytes: what is longer is something else.
  if (token.length > (check.bytes * 4) / 3 + AROUND_LENGTH) return undefined
  const opened = await openText(token, depot.keyring, depot.clock())
  if (!opened.ok) return undefined
  let claims: Tree
  try {
    claims = JSON.parse(opened.text)
  } catch {
    return undefined
  }
  if (!isObject(claims) || claims['v'] !== 1 || claims['k'] !== 'o') return undefined
  if (claims['jti'] !== check.key) return undefined
  const value = claims['d']
  return value !== undefined && (await digestOf(JSON.stringify(value))) === check.digest
    ? value
    : undefined
}

function missingMessage(name: string): string {
  return (
    `The overflow store does not have "${name}" (yet). A store that is eventually consistent may show it ` +
    'in a minute; the claim check stays in the session. Assign a new value, or delete the key, to go on without it.'
  )
}

function failed(
  depot: Depot,
  operation: 'get' | 'put',
  name: string,
  started: number,
  error: unknown,
): Error {
  const failure = error instanceof StoreTimeout ? 'timeout' : 'failed'
  depot.report({ type: 'overflow-error', operation, failure, ms: depot.clock() - started })
  const what = failure === 'timeout' ? `did not answer within ${depot.timeoutMs} ms` : 'failed'
  const then =
    operation === 'put'
      ? `"${name}" was not stored and no cookie was set: the session is as it was before.`
      : `"${name}" cannot be read now; its claim check stays in the session, so try again later.`
  return new OverflowUnavailable(name, failure, `The overflow store ${what}. ${then}`, {
    cause: error,
  })
}

async function digestOf(json: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(json))
  return toBase64Url(new Uint8Array(hash)).slice(0, DIGEST_CHARACTERS)
}
