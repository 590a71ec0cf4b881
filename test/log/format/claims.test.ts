import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeClaims, encodeClaims } from '../../../src/log/format/claims.ts'
import type { Fragment, Log, Op, SessionIdentity } from '../../../src/log/format/fragment.ts'
import { timeCode } from '../../../src/log/format/id-chain.ts'
import { anyFragment, canonical, often } from '../../support/arbitraries.ts'
import { type Content, fragmentOf } from '../../support/fragments.ts'
import { beside, throughWire } from '../../support/through-wire.ts'

const START = 1_800_001_234_567
const identity: SessionIdentity = {
  sid: 'AAAAAAAAAAAAAAAAAAAAAA',
  start: START,
  generation: 0,
  from: [],
  subject: undefined,
}
const at = (ms: number, random = 'aaaaa') => timeCode(START + ms) + random

function fragment({ id = 'fragment', ...content }: Content & { id?: string }): Fragment {
  return fragmentOf(id, content, { identity, expires: START - 567 + 1_800_000 })
}

function logOf(ops: readonly Op[], more: Partial<Log> = {}): Log {
  const entries = [{ id: at(5000), ops }]
  return { since: at(0), parents: [], heads: [at(5000)], retired: [], entries, ...more }
}

describe('a fragment', () => {
  test('of any content comes back from its claims as it was', () => {
    fc.assert(
      fc.property(anyFragment, (made) => {
        const back = throughWire(made)
        expect(canonical(back)).toBe(canonical(made))
        expect(Object.keys(back ?? {}).sort()).toEqual(Object.keys(made).sort())
      }),
      often(1000),
    )
  })

  test('has the same text when it is read and written again', () => {
    fc.assert(
      fc.property(anyFragment, (made) => {
        const text = encodeClaims(made)
        const back = beside(made, text)
        expect(back && encodeClaims(back)).toBe(text)
      }),
      often(1000),
    )
  })

  test('is honoured until a whole second, never longer than it was made for', () => {
    const back = decodeClaims(
      encodeClaims({ ...fragment({ tombstone: true, expires: START }), id: at(5) }),
    )
    expect(back?.expires).toBe(Math.floor(START / 1000) * 1000)
  })

  const common =
    '"sid":"AAAAAAAAAAAAAAAAAAAAAA","jti":"fragment","iat":1800001234.567,"exp":1800003034'
  const short = '"sid":"AAAAAAAAAAA","jti":"fragment","exp":1800003034'
  const FIRST = at(0, 'AAAAA')

  test.each<readonly [what: string, made: Fragment, text: string]>([
    [
      'a tombstone',
      { ...fragment({ tombstone: true }), id: at(5) },
      `{"v":1,"k":"x",${common.replace('fragment', at(5))}}`,
    ],
    [
      'a base',
      fragment({ base: { horizon: at(20), state: { a: 1 }, serial: 0 } }),
      `{"v":1,"k":"b",${common},"h":"i3aaaaa","d":{"a":1}}`,
    ],
    [
      'a base of a session with a past',
      fragment({
        identity: {
          ...identity,
          generation: 2,
          from: ['aaaaaaaa', 'bbbbbbbb'],
          subject: 'eva',
        },
        base: { horizon: at(0), state: {}, serial: 3 },
      }),
      `{"v":1,"k":"b",${common},"sub":"eva","g":2,"f":"aaaaaaaabbbbbbbb","h":"aaaaa","n":3,"d":{}}`,
    ],
    [
      'a delta on the first base of an anonymous session, in a cookie of its own name',
      fragment({
        id: at(5000),
        log: { ...logOf([{ kind: 'increment', path: 'n', by: 2 }]), since: FIRST },
      }),
      `{"v":1,"k":"l",${common.replace('fragment', at(5000))},"s":"AAAAA","e":[["","+n",2]]}`,
    ],
    [
      'a delta',
      fragment({ id: at(5000), log: logOf([{ kind: 'increment', path: 'n', by: 2 }]) }),
      `{"v":1,"k":"l",${short.replace('fragment', at(5000))},"s":"q9dhjaaaaa","e":[["","+n",2]]}`,
    ],
    [
      'a delta of a user',
      fragment({
        id: at(5000),
        identity: { ...identity, generation: 2, from: ['aaaaaaaa'], subject: 'eva' },
        log: { ...logOf([{ kind: 'increment', path: 'n', by: 2 }]), since: FIRST },
      }),
      `{"v":1,"k":"l",${short.replace('fragment', at(5000))},"s":"q9dhjAAAAA","e":[["","+n",2]]}`,
    ],
    [
      'a log of entries that do the same, one after the other',
      fragment({
        log: {
          ...logOf([]),
          entries: ['a', 'b', 'c', 'd'].map((letter, i) => {
            return {
              id: at(i, letter.repeat(5)),
              ops: [{ kind: 'increment', path: 'n', by: i < 3 ? 1 : 2 }],
            }
          }),
          heads: [at(3, 'ddddd')],
        },
      }),
      `{"v":1,"k":"l",${short},"s":"q9dhjaaaaa","e":[["a","+n",1],"kbbbbb","lccccc",["mddddd","+n",2]]}`,
    ],
    [
      'a log',
      fragment({
        log: logOf(
          [
            { kind: 'set', path: 'a/b', value: [1] },
            { kind: 'delete', path: 'c' },
            { kind: 'append', path: 'l', items: [1, 2] },
          ],
          { parents: [at(1)], heads: [at(5000), at(2)], retired: ['abcde', 'fghij'] },
        ),
      }),
      `{"v":1,"k":"l",${short},"s":"q9dhjaaaaa","a":["kaaaaa"],"t":["${at(5000).slice(5)}","${at(2).slice(5)}"],` +
        `"r":"abcdefghij","e":[["${at(5000).slice(5)}","=a/b",[1],"-c",">l",[1,2]]]}`,
    ],
    [
      'a base that shows what its log sets',
      fragment({
        base: { horizon: at(0), state: { a: { b: 1 }, c: 3 }, serial: 0 },
        log: logOf([
          { kind: 'put', path: 'a', value: { b: 1 } },
          { kind: 'set', path: 'c', value: 2 },
        ]),
      }),
      `{"v":1,"k":"b",${common},"h":"aaaaa","e":[["${at(5000).slice(5)}",":a","=c",2]],"d":{"a":{"b":1},"c":3}}`,
    ],
  ])('is written for ever as it is now: %s', (_what, made, text) => {
    expect(encodeClaims(made)).toBe(text)
    expect(canonical(beside(made, text))).toBe(canonical(made))
  })
})

describe('user data', () => {
  test('stands in members of its own, never beside the claims', () => {
    const claims = [
      'v',
      'k',
      'sid',
      'jti',
      'iat',
      'exp',
      'sub',
      'g',
      'f',
      'h',
      'n',
      's',
      'a',
      't',
      'r',
      'e',
      'd',
    ]
    fc.assert(
      fc.property(anyFragment, (made) => {
        for (const key of Object.keys(JSON.parse(encodeClaims(made)))) expect(claims).toContain(key)
      }),
      often(500),
    )
  })

  test('that has the names of claims does not become claims', () => {
    const state = { k: 'x', exp: 1, sub: 'admin', d: 2, sid: 'other' }
    const made = fragment({ base: { horizon: at(0), state, serial: 0 } })
    expect(decodeClaims(encodeClaims(made))).toEqual(made)
  })
})
