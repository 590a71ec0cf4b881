/**
 * Text ↔ JWE compact (RFC 7516 §7.1). The only place that encrypts. One algorithm: direct use of the
 * epoch key with A256GCM; a token that says anything else is not looked at further. Where the runtime has
 * synchronous AES-GCM it is used, and jose everywhere else: the tokens are the same.
 */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, errors } from 'jose'
import type { RejectionReason } from '../errors.ts'
import { isBase64Url, toBase64Url } from '../tree/bytes.ts'
import type { EpochKey, Keyring } from './keyring.ts'
import { syncAes } from './sync-aes.ts'

/** What opening a token gave. */
export type OpenedText =
  | {
      readonly ok: true
      readonly text: string
      readonly kid: string
      readonly newestSecret: boolean
      /** In ms since 1970. */
      readonly sealedBefore: number
    }
  | Rejected

/** Why a token was not opened. */
export interface Rejected {
  readonly ok: false
  readonly reason: RejectionReason
  /** Its hour is yet to come: another node, whose clock is right, may well read it. */
  readonly ahead?: true
  /** Of an unknown secret: when the hour in its kid was over, in ms since 1970. Nobody vouches for that. */
  readonly sealedBefore?: number
}

// The header, no encrypted key, an IV of 12 bytes, the ciphertext and a tag of 16 bytes.
const SHAPE = /^[\w-]{20,200}\.\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/

const IV_BYTES = 12

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Seals `text` with the newest secret. `now` is in ms since 1970. */
export async function sealText(text: string, keyring: Keyring, now: number): Promise<string> {
  const { kid, key, sync } = await keyring.sealing(now)
  const header = { alg: 'dir', enc: 'A256GCM', kid }
  if (!syncAes || !sync)
    return new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader(header)
      .encrypt(key)
  const aad = toBase64Url(new TextEncoder().encode(JSON.stringify(header)))
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const { ciphertext, tag } = syncAes.encrypt(text, sync, iv, aad)
  return `${aad}..${toBase64Url(iv)}.${ciphertext}.${tag}`
}

/** Opens a token. What is not one of ours, or cannot be, has a reason; this never throws. */
export async function openText(token: string, keyring: Keyring, now: number): Promise<OpenedText> {
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
    const bytes = await decrypted(token, lookup)
    if (!bytes) return { ok: false, reason: 'tampered' }
    const text = utf8.decode(bytes)
    const { newestSecret, sealedBefore } = lookup
    return { ok: true, text, kid, newestSecret, sealedBefore }
  } catch {
    return { ok: false, reason: 'invalid' }
  }
}

/** The plaintext of a token of our shape, or `undefined` where nobody who has the key made it. */
async function decrypted(token: string, { key, sync }: EpochKey): Promise<Uint8Array | undefined> {
  // Decoders ignore the bits that stand for nothing, so that one token would have several texts.
  if (!token.split('.').every(isBase64Url)) return undefined
  if (syncAes && sync) {
    const [aad = '', , iv = '', ciphertext = '', tag = ''] = token.split('.')
    return syncAes.decrypt({ ciphertext, tag }, sync, iv, aad)
  }
  try {
    const { plaintext } = await compactDecrypt(token, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxDecompressedLength: 0,
    })
    return plaintext
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
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
