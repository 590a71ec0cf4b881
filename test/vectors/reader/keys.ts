/** Sections 2 and 3 of docs/wire-format.md: from secrets to keys, and from a token to its JSON. */
import { compactDecrypt } from 'jose'
import type { Json, JsonObject } from './json.ts'

export interface ReadOptions {
  readonly secrets: readonly string[]
  readonly name: string
  readonly prefix: string
  readonly domain?: string | undefined
  readonly audience?: string | undefined
  /** Times in ms. */
  readonly now: number
  readonly idle: number
  readonly absolute: number
  readonly maxIdle: number
  readonly maxAbsolute: number
}

/** What keys depend on. */
export type KeyOptions = Pick<
  ReadOptions,
  'secrets' | 'name' | 'prefix' | 'domain' | 'audience' | 'now' | 'maxAbsolute'
>

/** §2 and §3; the text, or `undefined` where the token is not to be used. */
export async function unseal(
  token: string,
  { secrets, name, prefix, domain = '', audience = '', now, maxAbsolute }: KeyOptions,
): Promise<string | undefined> {
  const [head = ''] = /^[\w-]{20,200}(?=\.\.[\w-]{16}\.[\w-]*\.[\w-]{22}$)/.exec(token) ?? []
  const { alg, enc, kid, ...others } = parse(latin1(head)) ?? {}
  if (alg !== 'dir' || enc !== 'A256GCM' || Object.keys(others).length > 0) return undefined
  const [, id, hour] = /^([\w-]{4})\.(0|[1-9a-z][0-9a-z]{0,7})$/.exec(String(kid)) ?? []
  const ids = await Promise.all(secrets.map((secret) => hkdf(secret, 'carryon/1 kid')))
  const secret = secrets[ids.findIndex((bytes) => base64url(bytes).startsWith(id ?? '.'))]
  const begin = Number.parseInt(hour ?? '', 36) * 3_600_000
  if (secret === undefined || !(begin <= now + 3_600_000)) return undefined
  if (begin + 3_600_000 < now - maxAbsolute - 3_600_000) return undefined
  try {
    const purpose = [hour, `${prefix}${name}`, '/', domain, audience]
    const key = await hkdf(secret, `carryon/1 ${JSON.stringify(purpose)}`)
    const { plaintext } = await compactDecrypt(token, key)
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
  } catch {
    return undefined
  }
}

/** When the hour in the `kid` of a token that opens is over. */
export function sealedBefore(token: string): number {
  const { kid } = parse(latin1(token.split('.')[0] ?? '')) ?? {}
  return (Number.parseInt(String(kid).slice(5), 36) + 1) * 3_600_000
}

export async function hkdf(secret: string, info: string): Promise<Uint8Array> {
  const utf8 = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', utf8.encode(secret), 'HKDF', false, [
    'deriveBits',
  ])
  const salt = new Uint8Array(0)
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info: utf8.encode(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256))
}

export function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function latin1(text: string): string {
  return atob(text.replaceAll('-', '+').replaceAll('_', '/'))
}

/** A JSON object, or `undefined`. */
export function parse(text: string | undefined): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...(value as JsonObject) }
      : undefined
  } catch {
    return undefined
  }
}
