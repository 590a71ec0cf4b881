/**
 * AES-256-GCM without a promise, where the runtime has `node:crypto`: Node, Bun and Deno. There WebCrypto goes through
 * a pool of threads, which takes ten times as long as the encryption itself. Workers have no such pool; they, and all
 * that lack the module, use WebCrypto.
 */

/** A key of {@link SyncAes}. */
export type SyncKey = object

/** What AES-GCM makes of a text, as base64url (RFC 4648 §5). */
export interface Encrypted {
  readonly ciphertext: string
  readonly tag: string
}

/** Encrypts and decrypts at once. The AAD is ASCII, all else base64url. */
export interface SyncAes {
  key(bytes: Uint8Array): SyncKey
  encrypt(text: string, key: SyncKey, iv: Uint8Array, aad: string): Encrypted
  /** The plaintext, or `undefined` where the tag does not match. */
  decrypt(encrypted: Encrypted, key: SyncKey, iv: string, aad: string): Uint8Array | undefined
}

interface Bytes extends Uint8Array {
  toString(encoding?: 'base64url'): string
}

interface Cipher {
  setAAD(aad: Uint8Array): unknown
  update(bytes: Uint8Array): Bytes
  final(): Bytes
}

/** The part of `node:crypto` that is used. */
interface NodeCrypto {
  createSecretKey(bytes: Uint8Array): SyncKey
  createCipheriv(
    name: 'aes-256-gcm',
    key: SyncKey,
    iv: Uint8Array,
  ): Cipher & { getAuthTag(): Bytes }
  createDecipheriv(
    name: 'aes-256-gcm',
    key: SyncKey,
    iv: Uint8Array,
    options: { authTagLength: number },
  ): Cipher & { setAuthTag(tag: Uint8Array): unknown }
}

interface NodeBuffer {
  readonly Buffer: { from(text: string, encoding: 'utf8' | 'base64url' | 'latin1'): Bytes }
}

declare const process:
  | undefined
  | {
      getBuiltinModule?(name: 'node:crypto'): NodeCrypto | undefined
      getBuiltinModule?(name: 'node:buffer'): NodeBuffer | undefined
    }

const NAME = 'aes-256-gcm'
const TAG_BYTES = 16

/** What this runtime has, or `undefined`. */
export const syncAes: SyncAes | undefined = fromRuntime()

function fromRuntime(): SyncAes | undefined {
  if (globalThis.navigator?.userAgent === 'Cloudflare-Workers') return undefined
  if (typeof process === 'undefined') return undefined
  const crypto = process.getBuiltinModule?.('node:crypto')
  const buffer = process.getBuiltinModule?.('node:buffer')
  return crypto && buffer && syncAesOf(crypto, buffer)
}

function syncAesOf(crypto: NodeCrypto, { Buffer }: NodeBuffer): SyncAes {
  return {
    key: (bytes) => crypto.createSecretKey(bytes),
    encrypt(text, key, iv, aad) {
      const cipher = crypto.createCipheriv(NAME, key, iv)
      cipher.setAAD(Buffer.from(aad, 'latin1'))
      const ciphertext = cipher.update(Buffer.from(text, 'utf8')).toString('base64url')
      // GCM has no last block, but only now is there a tag.
      cipher.final()
      return { ciphertext, tag: cipher.getAuthTag().toString('base64url') }
    },
    decrypt({ ciphertext, tag }, key, iv, aad) {
      const options = { authTagLength: TAG_BYTES }
      const decipher = crypto.createDecipheriv(NAME, key, Buffer.from(iv, 'base64url'), options)
      decipher.setAAD(Buffer.from(aad, 'latin1'))
      decipher.setAuthTag(Buffer.from(tag, 'base64url'))
      const bytes = decipher.update(Buffer.from(ciphertext, 'base64url'))
      try {
        decipher.final()
        return bytes
      } catch {
        return undefined
      }
    },
  }
}
