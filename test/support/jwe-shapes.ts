/**
 * JWEs of every shape that RFC 7520 §5 has an example for, made with jose, so that they are whole and decrypt:
 * what refuses them is the shape alone.
 */
import { CompactEncrypt, FlattenedEncrypt, GeneralEncrypt, generateKeyPair } from 'jose'

export interface Shape {
  /** The section of RFC 7520 with the example. */
  readonly section: string
  readonly what: string
  readonly token: string
}

const text = new TextEncoder().encode('You can trust us to stick with you through thick and thin.')
const bytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))

/** All of them. RSA1_5, which jose refuses to make, has a random encrypted key. */
export async function rfc7520Shapes(): Promise<readonly Shape[]> {
  const rsa = await generateKeyPair('RSA-OAEP')
  const ec = await generateKeyPair('ECDH-ES', { crv: 'P-256' })
  const compact = (
    header: { alg: string; enc: string; zip?: string; kid?: string },
    key: CryptoKey | Uint8Array,
  ) => new CompactEncrypt(text).setProtectedHeader(header).encrypt(key)
  const protectedPart = JSON.stringify({ alg: 'RSA1_5', enc: 'A128CBC-HS256', kid: 'frodo' })
  const rsa15 = [protectedPart, bytes(256), bytes(16), bytes(64), bytes(16)]
    .map(base64Url)
    .join('.')
  const flat = () => new FlattenedEncrypt(text)
  const aes = bytes(16)
  return [
    { section: '5.1', what: 'RSA1_5 and A128CBC-HS256', token: rsa15 },
    {
      section: '5.2',
      what: 'RSA-OAEP and A256GCM',
      token: await compact({ alg: 'RSA-OAEP', enc: 'A256GCM' }, rsa.publicKey),
    },
    {
      section: '5.3',
      what: 'PBES2-HS512+A256KW and A128CBC-HS256',
      token: await new CompactEncrypt(text)
        .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A128CBC-HS256' })
        .setKeyManagementParameters({ p2c: 1000 })
        .encrypt(text),
    },
    {
      section: '5.4',
      what: 'ECDH-ES+A128KW and A128GCM',
      token: await compact({ alg: 'ECDH-ES+A128KW', enc: 'A128GCM' }, ec.publicKey),
    },
    {
      section: '5.5',
      what: 'ECDH-ES and A128CBC-HS256',
      token: await compact({ alg: 'ECDH-ES', enc: 'A128CBC-HS256' }, ec.publicKey),
    },
    {
      section: '5.6',
      what: 'dir and A128GCM',
      token: await compact({ alg: 'dir', enc: 'A128GCM' }, aes),
    },
    {
      section: '5.7',
      what: 'A256GCMKW and A128CBC-HS256',
      token: await compact({ alg: 'A256GCMKW', enc: 'A128CBC-HS256' }, bytes(32)),
    },
    {
      section: '5.8',
      what: 'A128KW and A128GCM',
      token: await compact({ alg: 'A128KW', enc: 'A128GCM' }, aes),
    },
    {
      section: '5.9',
      what: 'compressed content',
      token: await compact({ alg: 'A128KW', enc: 'A128GCM', zip: 'DEF' }, aes),
    },
    {
      section: '5.10',
      what: 'additional authenticated data (JSON)',
      token: JSON.stringify(
        await flat()
          .setProtectedHeader({ alg: 'A128KW', enc: 'A128GCM' })
          .setAdditionalAuthenticatedData(bytes(8))
          .encrypt(aes),
      ),
    },
    {
      section: '5.11',
      what: 'some headers protected (JSON)',
      token: JSON.stringify(
        await flat()
          .setProtectedHeader({ enc: 'A128GCM' })
          .setUnprotectedHeader({ alg: 'A128KW' })
          .encrypt(aes),
      ),
    },
    {
      section: '5.12',
      what: 'no header protected (JSON)',
      token: JSON.stringify(
        await flat().setSharedUnprotectedHeader({ alg: 'A128KW', enc: 'A128GCM' }).encrypt(aes),
      ),
    },
    {
      section: '5.13',
      what: 'several recipients (JSON)',
      token: JSON.stringify(
        await new GeneralEncrypt(text)
          .setProtectedHeader({ enc: 'A128CBC-HS256' })
          .addRecipient(rsa.publicKey)
          .setUnprotectedHeader({ alg: 'RSA-OAEP' })
          .addRecipient(ec.publicKey)
          .setUnprotectedHeader({ alg: 'ECDH-ES+A256KW' })
          .encrypt(),
      ),
    },
  ]
}

/** base64url of text or bytes. */
export function base64Url(part: string | Uint8Array): string {
  const raw = typeof part === 'string' ? new TextEncoder().encode(part) : part
  return btoa(String.fromCharCode(...raw))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
