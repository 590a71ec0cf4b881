/** Cookie headers of 128 KB, the most that Workers and workerd take, that are no session. */
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import type { Random } from '../support/random.ts'

export const HEADER_BYTES: number = 128 * 1024

const PREFIX = '__Host-session.'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** What to make garbage of: a real session's cookies, and whose keys sealed them. */
export interface Real {
  readonly header: string
  readonly secret: string
  readonly name: string
  readonly now: number
}

/** Hours of kids are written in base 36. */
const hourCode = (ms: number): string => Math.floor(ms / 3_600_000).toString(36)

/** Headers of 128 KB by what is wrong with them. */
export async function garbage(real: Real, random: Random): Promise<Map<string, string>> {
  const { kid } = await new Keyring([real.secret], scopeOf(`__Host-${real.name}`), 43_200).sealing(
    real.now,
  )
  const [secretId = ''] = kid.split('.')
  const text = (length: number) => {
    let letters = ''
    for (let i = 0; i < length; i++) letters += LETTERS[random.below(64)]
    return letters
  }
  const id = () => text(8)
  const header = (value: unknown) =>
    btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  const jwe = (kidOf: () => string, length: number) => () => {
    const protectedHeader = header({ alg: 'dir', enc: 'A256GCM', kid: kidOf() })
    return `${PREFIX}${id()}=${protectedHeader}..${text(16)}.${text(length)}.${text(22)}`
  }
  const cookies = real.header.split('; ')
  const tampered = () => {
    const cookie = random.pick(cookies)
    const at = cookie.length - 30 - random.below(40)
    const other = cookie[at] === 'A' ? 'B' : 'A'
    return cookie.slice(0, at) + other + cookie.slice(at + 1)
  }
  const value = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1)
  const renamed = (cookie: string) => `${PREFIX}${id()}=${value(cookie)}`
  const hours = (from: number, to: number) => () =>
    `${secretId}.${hourCode(real.now + (from + random.below(to - from)) * 3_600_000)}`
  const known = () => kid
  const [small, large] = [300, 3900]
  return new Map([
    ["other apps' cookies", fill(() => `${text(3)}=${text(3)}`)],
    ['our prefix without an id', fill(() => PREFIX)],
    ['our prefix in the values of others', fill(() => `a=${PREFIX}aaaaaaaa=b`)],
    ['ids without a JWE', fill(() => `${PREFIX}${id()}=${text(6)}`)],
    ['one cookie of 128 KB', fill(() => `${PREFIX}${id()}=${'A'.repeat(HEADER_BYTES - 100)}`)],
    ['cookies over 4,096 bytes', fill(jwe(known, 5000))],
    ['blanks', fill(() => ' '.repeat(2000))],
    ['small ones with a known kid', fill(jwe(known, small))],
    ['large ones with a known kid', fill(jwe(known, large))],
    ['small ones with random kids', fill(jwe(() => `${text(4)}.${hourCode(real.now)}`, small))],
    ['large ones with random kids', fill(jwe(() => `${text(4)}.${hourCode(real.now)}`, large))],
    ['small ones with the right secret and any hour', fill(jwe(hours(-12, 2), small))],
    ['large ones with the right secret and any hour', fill(jwe(hours(-12, 2), large))],
    ['the right secret and hours out of the window', fill(jwe(hours(-9000, -20), small))],
    [
      'a header of another kind',
      fill(
        () =>
          `${PREFIX}${id()}=${header({ alg: 'RSA-OAEP', enc: 'A256GCM', kid })}.${text(342)}.${text(16)}.${text(300)}.${text(22)}`,
      ),
    ],
    ['real ones, tampered with', fill(() => renamed(tampered()))],
    ['real ones under other names', fill(() => renamed(random.pick(cookies)))],
  ])
}

function fill(make: () => string): string {
  const parts: string[] = []
  let length = 0
  for (;;) {
    const part = make()
    length += part.length + 2
    if (length > HEADER_BYTES) return parts.join('; ')
    parts.push(part)
  }
}
