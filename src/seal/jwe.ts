/**
 * Text ↔ JWE compact (RFC 7516 §7.1). The only place that encrypts. One algorithm: direct use of the
 * epoch key with A256GCM; a token that says anything else is not looked at further.
 */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, errors } from 'jose'
import type { RejectionReason } from '../errors.ts'
import type { Keyring } from './keyring.ts'

/** What opening a token gave. */
export type Opened =
  | {
      readonly ok: true
      readonly text: string
      readonly kid: string
      readonly newestSecret: boolean
    }
  | Rejected

/** Why a token was not opened. */
export interface Rejected {
  readonly ok: false
  readonly reason: RejectionReason
  /** Its hour is yet to come: another node, whose clock is right, may well read it. */
  readonly ahead?: true
}

// The header, no encrypted key, an IV of 12 bytes, the ciphertext and a tag of 16 bytes.
const SHAPE = /^[\w-]{20,200}\.\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/

/** Seals `text` with the newest secret. `now` is in ms since 1970. */
export async function sealText(text: string, keyring: Keyring, now: number): Promise<string> {
  const { kid, key } = await keyring.sealing(now)
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
    .encrypt(key)
}

/** Opens a token. What is not one of ours, or cannot be, has a reason; this never throws. */
export async function openText(token: string, keyring: Keyring, now: number): Promise<Opened> {
  if (!SHAPE.test(token))
    return { ok: false, reason: token.split('.').length === 5 ? unsupportedOr(token) : 'malformed' }
  const header = readHeader(token)
  if (!header) return { ok: false, reason: 'malformed' }
  const { alg, enc, kid, ...others } = header
  if (alg !== 'dir' || enc !== 'A256GCM' || Object.keys(others).length > 0)
    return { ok: false, reason: 'unsupported' }
  if (typeof kid !== 'string') return { ok: false, reason: 'unsupported' }
  const lookup = await keyring.opening(kid, now)
  if (!lookup.ok) return lookup
  try {
    const { plaintext } = await compactDecrypt(token, lookup.key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxDecompressedLength: 0,
    })
    return {
      ok: true,
      text: new TextDecoder('utf-8', { fatal: true }).decode(plaintext),
      kid,
      newestSecret: lookup.newestSecret,
    }
  } catch (error) {
    return { ok: false, reason: error instanceof errors.JOSEError ? 'tampered' : 'invalid' }
  }
}

/** Five parts of other lengths: a JWE of another kind, if its header says so. */
function unsupportedOr(token: string): RejectionReason {
  return readHeader(token) ? 'unsupported' : 'malformed'
}

function readHeader(token: string): Record<string, unknown> | undefined {
  try {
    return { ...decodeProtectedHeader(token) }
  } catch {
    return undefined
  }
}
