import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'

const ID = 'mywpisiv00000'
const SID = 'AAECAwQFBgcICQoLDA0ODw'
const START = 1_800_000_034.567

const base = {
  v: 1,
  k: 'b',
  sid: SID,
  jti: ID,
  iat: START,
  exp: 1_800_001_834,
  h: '0',
  d: { a: 1 },
}

/** A base with these members beside the usual ones, or in their place. `undefined` leaves one out. */
const bases: Readonly<Record<string, object>> = {
  'v 2': { v: 2 },
  'v as text': { v: '1' },
  'unknown kind': { k: 'o' },
  'short sid': { sid: 'AAECAwQFBgcICQoLDA0OD' },
  'no sid': { sid: undefined },
  'iat as text': { iat: String(START) },
  'negative iat': { iat: -1 },
  'exp beyond all dates': { exp: 8_640_000_000_001 },
  'sub of another type': { sub: 1 },
  'g -2': { g: -2 },
  'g with a fraction': { g: 1.5 },
  'f of another length': { f: 'AAAAAAA' },
  'n negative': { n: -1 },
  'no h': { h: undefined },
  'h too long': { h: '00000000000000' },
  'h empty': { h: '' },
  'h with upper case in its time': { h: 'A000000000000' },
  'no d': { d: undefined },
  'd a list': { d: [] },
  'd a rich value': { d: { $: ['d', 0] } },
  'r of another length': { r: 'AAAA', t: ['0'] },
  'e no list': { e: {} },
  'entry without one before it': { e: ['0'] },
  'entry that is no text': { e: [['1', '=a', 1], 2] },
  'entry that is no id': { e: [['1', '=a', 1], '????'] },
  'entry without ops': { e: [['1']] },
  'entry without id': { e: [['=a', 1]] },
  'entries not in order': {
    e: [
      ['2', '=a', 1],
      ['1', '=a', 1],
    ],
  },
  'one entry twice': {
    e: [
      ['2', '=a', 1],
      ['2', '=a', 1],
    ],
  },
  'no entries and no t': { e: [] },
  'unknown op': { e: [['1', '%a', 1]] },
  'op no text': { e: [['1', 1]] },
  'empty op': { e: [['1', '']] },
  'set without a value': { e: [['1', '=a']] },
  'increment by text': { e: [['1', '+a', '1']] },
  'append of no list': { e: [['1', '>a', 1]] },
  'shown value that is not there': { e: [['1', ':b']] },
  'shown value in a list': { e: [['1', ':l/~200000']], d: { l: [1], 'l/~200000': 1 } },
  'put without a value': { e: [['1', '*a']] },
  'advance by a list': { e: [['1', '^a', [1]]] },
  'advance without a value': { e: [['1', '^a']] },
  'insert of no list': { e: [['1', '<a', 'text']] },
  'insert with one neighbour': { e: [['1', '<a', ['']]] },
  'insert after a number': { e: [['1', '<a', [0, '', 1]]] },
  'remove of no list': { e: [['1', '/a', 'k3Xa2']] },
  'remove by a number': { e: [['1', '/a', ['k3Xa2', 2]]] },
  'order of no list': { e: [['1', '#a', {}]] },
  'order with a number': { e: [['1', '#a', [0]]] },
  'm no object': { m: [] },
  'm null': { m: null },
  '$ of m no list': { m: { $: {} } },
  'm of m no object': { m: { m: [] } },
  'm of m with a key $': { m: { m: { $: {} } } },
  'm below m no object': { m: { m: { l: 1 } } },
  'remembered element no list': { m: { m: { l: { $: [0] } } } },
  'remembered element without a place': { m: { m: { l: { $: [[]] } } } },
  'remembered place with a fraction': { m: { m: { l: { $: [[0.5, 'k3Xa', 1]] } } } },
  'remembered place as text': { m: { m: { l: { $: [['0', 'k3Xa', 1]] } } } },
  'remembered name no text': { m: { m: { l: { $: [[0, 1, 1]] } } } },
  'remembered name without an age': { m: { m: { l: { $: [[0, 'k3Xa']] } } } },
  'remembered age as text': { m: { m: { l: { $: [[0, 'k3Xa', '1']] } } } },
  't of another type': { t: 'x', r: 'AAAAA' },
  'z of another type': { z: 1 },
  'z null': { z: null },
  'z a list': { z: ['0'] },
  'z empty': { z: '' },
  'z too long': { z: '00000000000000' },
  'z with upper case in its time': { z: 'A000000000000' },
  'z with another letter': { z: '*' },
}

const log = {
  ...base,
  k: 'l',
  jti: 'theLog00',
  h: undefined,
  d: undefined,
  s: '0',
  e: [['1', '=b', 2]],
}

const logs: Readonly<Record<string, object>> = {
  'log without s': { s: undefined },
  'log without entries and t': { e: [] },
  'log without e and t': { e: undefined },
  'a of another type': { a: '0' },
  'own id that is none of an entry': { e: [['', '=b', 2]] },
  'shown value in a log': { e: [['1', ':a']] },
  'z of a log of another shape': { z: '=' },
}

const tombstone = { ...base, k: 'x', jti: 'mywpisiv0000x', h: undefined, d: undefined }
const others = 'AAAAAAAAA'

/** Each is the end of the session, but for what is wrong. */
const tombstones: Readonly<Record<string, object>> = {
  'z of a tombstone of another type': { z: {} },
  'u of another type': { u: 1 },
  'u null': { u: null },
  'u a list': { u: [others] },
  'u of 8 letters': { u: others.slice(1) },
  'u of 10 letters': { u: `${others}A` },
  'u with another letter': { u: 'AAAAAAAA=' },
  'u with a line break': { u: `${others}\n` },
  'y of another type': { y: false },
  'y null': { y: null },
  'y an object': { y: {} },
  'y of 8 letters': { y: others.slice(1) },
  'y with another letter': { y: 'AAAAAAA.A' },
  'good u, bad y': { u: others, y: 'A' },
}

/** Claims that are not of format 1. A reader must not use half of them. */
export async function invalid(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  for (const [name, members] of Object.entries({ valid: {}, ...bases })) {
    const player = new Player(name)
    await player.putClaims(ID, { ...base, ...members })
    found.push(
      await player.vector(name === 'valid' ? 'The base that the others differ from.' : 'A base.'),
    )
  }
  for (const [name, members] of Object.entries({ 'valid log': {}, ...logs })) {
    const player = new Player(name)
    await player.putClaims(ID, base)
    await player.putClaims('theLog00', { ...log, ...members })
    found.push(await player.vector('A base that is good, and a log.'))
  }
  const ends = { 'valid tombstone': { u: others, y: `${others}${others}` }, ...tombstones }
  for (const [name, members] of Object.entries(ends)) {
    const player = new Player(name)
    await player.putClaims(ID, base)
    await player.putClaims(tombstone.jti, { ...tombstone, ...members })
    found.push(await player.vector('A base that is good, and a tombstone.'))
  }
  const [id, more] = [ID, { e: [['1', '=a', 5, ':b']], d: { a: 1, b: 2 } }] as const
  const unknown = new Player('unknown members')
  await unknown.putClaims(id, { ...base, ...more, w: 1, t: ['9', '1'], a: 'x', s: 'x', u: 1, y: 1 })
  found.push(await unknown.vector('Members that mean nothing here are not looked at.'))
  return found
}
