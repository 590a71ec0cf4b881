/**
 * Secrets → epoch keys. Each secret gives one AES key an hour (HKDF, RFC 5869), so that random
 * 96-bit IVs stay within the 2^32 messages that NIST SP 800-38D §8.3 and RFC 7518 §8.4 allow a key.
 */

import type { RejectionReason } from '../errors.ts'
import { toBase64Url } from '../tree/bytes.ts'
import { type SyncKey, syncAes } from './sync-aes.ts'

const HOUR_MS = 3_600_000
const SECRET_ID_LENGTH = 4
const MAX_CACHED_KEYS = 128

/** The key of one secret and hour. */
export interface EpochKey {
  readonly key: CryptoKey
  /** The same key, for runtimes that need no promise to use it. */
  readonly sync: SyncKey | undefined
}

/** A key to open with, or why there is none. */
export type KeyLookup =
  | ({
      readonly ok: true
      readonly newestSecret: boolean
      /** When its hour was over, in ms since 1970. */
      readonly sealedBefore: number
    } & EpochKey)
  | {
      readonly ok: false
      readonly reason: Extract<RejectionReason, 'unknown-key' | 'key-window' | 'malformed'>
      /** Its hour is yet to come: what another node, whose clock is right, may well read. */
      readonly ahead?: true
      /** Of an unknown secret: when its hour was over, in ms since 1970. Nobody vouches for that. */
      readonly sealedBefore?: number
    }

interface Secret {
  readonly id: string
  readonly material: CryptoKey
}

/**
 * What a cookie is for. Each such purpose has keys of its own, so that no cookie opens as another, wherever it is sent
 * and whatever it is renamed to.
 */
export interface Scope {
  /** The configured name after its prefix, such as `__Host-session`. */
  readonly cookie: string
  readonly path: string
  /** The domain of cookies that hosts share; `''` where one host has them. */
  readonly domain: string
  /** Whose sessions these are, where one secret serves several; `''` where it serves one. */
  readonly audience: string
}

/** The scope of cookies; without more, those of one host and all paths. */
export function scopeOf(cookie: string, more: Partial<Omit<Scope, 'cookie'>> = {}): Scope {
  return { cookie, path: '/', domain: '', audience: '', ...more }
}

/** The keys of one scope. Keys are derived when they are first needed, and kept. */
export class Keyring {
  readonly #scope: Scope
  readonly #maxAgeMs: number
  readonly #secrets: Promise<readonly Secret[]>
  readonly #keys = new Map<string, Promise<EpochKey>>()

  /**
   * @param secrets - the first seals, all open; see `parseSecrets`
   * @param scope - what its cookies are for; all else has other keys
   * @param maxAgeSeconds - how old a sealed text can be at the most
   */
  constructor(secrets: readonly string[], scope: Scope, maxAgeSeconds: number) {
    this.#scope = scope
    this.#maxAgeMs = maxAgeSeconds * 1000
    this.#secrets = Promise.all(secrets.map(importSecret))
    // Whoever seals or opens awaits it and gets the error; nobody may be there yet.
    this.#secrets.catch(() => undefined)
  }

  /** The kid and key to seal with at `now`, in ms since 1970. */
  async sealing(now: number): Promise<{ readonly kid: string } & EpochKey> {
    const [secret] = await this.#secrets
    if (!secret) throw new TypeError('a keyring needs a secret')
    const hour = hourCode(now)
    return { kid: `${secret.id}.${hour}`, ...(await this.#key(secret, hour)) }
  }

  /** The key of a kid. An hour in which nothing that lives at `now` can have been sealed has none. */
  async opening(kid: string, now: number): Promise<KeyLookup> {
    const [, id, hour] = /^([\w-]{4})\.(0|[1-9a-z][0-9a-z]{0,7})$/.exec(kid) ?? []
    if (id === undefined || hour === undefined) return { ok: false, reason: 'malformed' }
    const secrets = await this.#secrets
    const index = secrets.findIndex((secret) => secret.id === id)
    const secret = secrets[index]
    const start = Number.parseInt(hour, 36) * HOUR_MS
    if (!secret) return { ok: false, reason: 'unknown-key', sealedBefore: start + HOUR_MS }
    if (start + HOUR_MS < now - this.#maxAgeMs - HOUR_MS) return { ok: false, reason: 'key-window' }
    if (start > now + HOUR_MS) return { ok: false, reason: 'key-window', ahead: true }
    const found = { newestSecret: index === 0, sealedBefore: start + HOUR_MS }
    return { ok: true, ...found, ...(await this.#key(secret, hour)) }
  }

  #key(secret: Secret, hour: string): Promise<EpochKey> {
    const kid = `${secret.id}.${hour}`
    const cached = this.#keys.get(kid)
    if (cached) return cached
    const [oldest] = this.#keys.keys()
    if (oldest !== undefined && this.#keys.size >= MAX_CACHED_KEYS) this.#keys.delete(oldest)
    const { cookie, path, domain, audience } = this.#scope
    const purpose = [hour, cookie, path, domain.toLowerCase(), audience]
    const key = deriveKey(secret, `carryon/1 ${JSON.stringify(purpose)}`)
    this.#keys.set(kid, key)
    // The next one that needs it tries again.
    key.catch(() => this.#keys.delete(kid))
    return key
  }
}

async function deriveKey({ material }: Secret, info: string): Promise<EpochKey> {
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(hkdf(info), material, 256))
  const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const sync = syncAes?.key(bytes)
  bytes.fill(0)
  return { key, sync }
}

async function importSecret(secret: string): Promise<Secret> {
  const bytes = new TextEncoder().encode(secret)
  const material = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits(hkdf('carryon/1 kid'), material, 256)
  return { id: toBase64Url(new Uint8Array(bits)).slice(0, SECRET_ID_LENGTH), material }
}

function hkdf(info: string): HkdfParams {
  return {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(0),
    info: new TextEncoder().encode(info),
  }
}

function hourCode(now: number): string {
  return Math.floor(now / HOUR_MS).toString(36)
}
