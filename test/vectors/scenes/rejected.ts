import { CompactEncrypt } from 'jose'
import { FOREIGN_SECRET, Player } from '../player.ts'
import { base64url, hkdf } from '../reader/keys.ts'
import type { Vector } from '../vector.ts'

/** Tokens that must not be used, each in the place of the only cookie of a session. */
const INFO = 'carryon/1 ["apsw","__Host-session","/","",""]'

export async function rejected(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  const change = async (
    name: string,
    changed: (token: string, id: string) => string | Promise<string>,
  ) => {
    const player = new Player(name)
    await player.visit(({ data }) => Object.assign(data, { a: 1 }))
    for (const [id, token] of player.cookies()) player.put(id, await changed(token, id))
    found.push(await player.vector('One cookie, changed.'))
  }
  const part = (index: number, edit: (text: string) => string) => (token: string) =>
    token
      .split('.')
      .map((text, i) => (i === index ? edit(text) : text))
      .join('.')
  const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
  const header = (members: object) => part(0, () => encoded(JSON.stringify(members)))
  const kid = 'NzbX.apsw'

  await change('tampered iv', part(2, flip))
  await change('tampered ciphertext', part(3, flip))
  await change('tampered tag', part(4, flip))
  await change(
    'header with a blank',
    part(0, () => encoded(`{"alg":"dir", "enc":"A256GCM","kid":"${kid}"}`)),
  )
  await change('another alg', header({ alg: 'A256KW', enc: 'A256GCM', kid }))
  await change('another enc', header({ alg: 'dir', enc: 'A128GCM', kid }))
  await change('compressed', header({ alg: 'dir', enc: 'A256GCM', zip: 'DEF', kid }))
  await change('critical', header({ alg: 'dir', enc: 'A256GCM', kid, crit: ['exp'], exp: 1 }))
  await change('no kid', header({ alg: 'dir', enc: 'A256GCM', typ: 'JWT' }))
  await change('kid of another shape', header({ alg: 'dir', enc: 'A256GCM', kid: `${kid}/../x` }))
  await change('kid with upper case', header({ alg: 'dir', enc: 'A256GCM', kid: 'NzbX.APSW' }))
  await change('kid with a leading zero', header({ alg: 'dir', enc: 'A256GCM', kid: 'NzbX.0apsw' }))
  await change(
    'header no JSON',
    part(0, () => encoded('{"alg":"dir","enc":"A256GCM"')),
  )
  await change(
    'encrypted key',
    part(1, () => 'AAAA'),
  )
  await change(
    'short iv',
    part(2, (text) => text.slice(4)),
  )
  await change(
    'short tag',
    part(4, (text) => text.slice(2)),
  )
  await change('four parts', (token) => token.split('.').slice(0, 4).join('.'))
  await change('six parts', (token) => `${token}.AAAA`)
  await change('padded', (token) => `${token}=`)
  await change('quoted', (token) => `"${token}"`)
  await change('text', () => 'hello')

  const renamed = new Player('renamed')
  await renamed.visit(({ data }) => Object.assign(data, { a: 1 }))
  for (const [id, token] of renamed.cookies()) {
    renamed.remove(id)
    renamed.put('mywpisiv00000', token)
  }
  found.push(await renamed.vector('The cookie under another id.'))

  await change('another key under our kid', async () =>
    seal('{}', await hkdf(FOREIGN_SECRET, INFO)),
  )
  const key = await hkdf('example-secret-of-format-1-guards-nothing', INFO)
  await change('no UTF-8', () => seal(new Uint8Array([0x22, 0xff, 0x22]), key))
  await change('no JSON', () => seal('{"v":1', key))
  await change('empty', () => seal('', key))

  const large = new Player('oversized')
  await large.visit(({ data }) => Object.assign(data, { a: 1 }))
  const extra = `__Host-session.00000000=${'A'.repeat(4096)}`
  found.push(
    await large.vector(
      'A cookie that is larger than browsers keep.',
      `${extra}; ${large.header()}`,
    ),
  )

  const many = new Player('too many')
  await many.visit(({ data }) => Object.assign(data, { a: 1 }))
  const crowd = Array.from(
    { length: 64 },
    (_, i) => `__Host-session.${i.toString(36).padStart(8, '0')}=${'x'.repeat(100)}`,
  )
  found.push(
    await many.vector(
      'Beside 64 others with shorter ids the cookie of the session is not opened.',
      [...crowd, many.header()].join('; '),
    ),
  )
  found.push({
    ...(await many.vector(
      'Others that are too short to be anything take no place of it.',
      [...crowd.map((pair) => pair.slice(0, -1)), many.header()].join('; '),
    )),
    name: 'too many that are short',
  })
  found.push({
    ...(await many.vector(
      'The cookie of the session is the 64th.',
      [...crowd.slice(1), many.header()].join('; '),
    )),
    name: 'not too many',
  })
  return found
}

function encoded(text: string): string {
  return base64url(new TextEncoder().encode(text))
}

function seal(text: string | Uint8Array, key: Uint8Array): Promise<string> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  return new CompactEncrypt(bytes)
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'NzbX.apsw' })
    .encrypt(key)
}
