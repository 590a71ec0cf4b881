/** Claims that are not of format 1: they give nothing, and never throw. */
import { describe, expect, test } from 'vitest'
import { decodeClaims } from '../../../src/log/format/claims.ts'
import { logOf } from '../../../src/log/format/fragment.ts'

const common = {
  v: 1,
  sid: 'AAAAAAAAAAAAAAAAAAAAAA',
  jti: '0mywttk70aaaa',
  iat: 1_800_001_234.567,
  exp: 1_800_003_034,
}
const tombstone = { ...common, k: 'x' }
const entry = ['zzzza', '=a', 1]
const log = { ...common, k: 'l', s: 'aaaaa', e: [entry] }
const short = { ...log, sid: 'A'.repeat(11), iat: undefined }
const base = { ...common, k: 'b', h: 'aaaaa', d: { a: 1 } }
const both = { ...base, e: [['zzzza', ':a']] }

const decode = (claims: unknown) => decodeClaims(JSON.stringify(claims))

test('what the tables below change is right as it stands', () => {
  for (const claims of [tombstone, log, short, base, both]) expect(decode(claims)).toBeDefined()
})

describe('a text that is no JSON object gives nothing', () => {
  test.each([
    '',
    ' ',
    '{',
    'null',
    '1',
    '"text"',
    '[]',
    '[{"v":1}]',
    '{"v":1',
    '{v:1}',
    `${JSON.stringify(tombstone)}x`,
    '['.repeat(5000),
    `${'[1,'.repeat(900)}1${']'.repeat(900)}`,
    '\u0000',
    '\ud800',
    'undefined',
  ])('%j', (text) => {
    expect(decodeClaims(text)).toBeUndefined()
  })
})

/** Values of a kind that no claim has, or only the one that is named after it. */
const OTHERS = { null: null, number: 5, text: '?', list: [1], object: { a: 1 }, true: true }

describe.each<readonly [name: string, member: string, wrong: readonly unknown[]]>([
  ['the version', 'v', [undefined, 0, 2, '1', 1.5, -1, [1]]],
  ['the kind', 'k', [undefined, '', 'B', 'base', 'bl', ['b'], 0, '__proto__']],
  [
    'the session',
    'sid',
    [undefined, '', 'A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(21)}=`, `${'A'.repeat(22)}\n`, 5],
  ],
  ['the id', 'jti', [undefined, 5, ['fragment'], {}]],
  ['the start', 'iat', [undefined, -1, -0.001, '1800001234', 8_640_000_000_001, 1e300]],
  ['the expiry', 'exp', [undefined, -1, '1800003034', 8_640_000_000_001, 1e300]],
  ['the subject', 'sub', [5, ['eva'], {}, true]],
  ['the generation', 'g', [-2, 0.5, '1', 2 ** 53, 1e300]],
  ['the lineage', 'f', [5, ['aaaaaaaa'], 'a', 'aaaaaaa', 'aaaaaaaaa', '????????', 'aaaaaaa\n']],
])('%s is refused as', (_name, member, wrong) => {
  const all = [...wrong, ...Object.values(OTHERS).filter((each) => decodesAs(member, each))]
  test.each(all.map((value) => [JSON.stringify(value) ?? 'nothing', value] as const))(
    '%s',
    (_json, value) => {
      for (const claims of [tombstone, log, base, both])
        expect(decode({ ...claims, [member]: value })).toBeUndefined()
    },
  )
})

/** A claim may be a text or a number, and then some of {@link OTHERS} are right. */
function decodesAs(member: string, value: unknown): boolean {
  const kinds: Readonly<Record<string, string>> = {
    jti: 'string',
    sub: 'string',
    iat: 'number',
    exp: 'number',
    g: 'number',
  }
  return typeof value !== kinds[member]
}

describe('a base is refused when', () => {
  test.each<readonly [what: string, change: object]>([
    ['its horizon is missing', { h: undefined }],
    ['its horizon is no text', { h: 5 }],
    ['its horizon is no id', { h: '????' }],
    ['its horizon is too long', { h: 'a'.repeat(14) }],
    ['its horizon is null', { h: null }],
    ['its state is missing', { d: undefined }],
    ['its state is null', { d: null }],
    ['its state is a list', { d: [] }],
    ['its state is a text', { d: 'text' }],
    ['its state is a rich value', { d: { $: ['d', 1] } }],
    ['its serial is negative', { n: -1 }],
    ['its serial is no whole number', { n: 0.5 }],
    ['its serial is a text', { n: '1' }],
    ['its serial is null', { n: null }],
    ['its entries are null', { e: null }],
    ['its entries are an object', { e: { 0: entry } }],
    ['there are no entries and it does not say what is newest', { e: [] }],
    ['what was retired is no text', { e: [entry], r: ['abcde'] }],
    ['an entry shows a path that the state does not have', { e: [['zzzza', ':b']] }],
    ['an entry shows a path of a prototype', { e: [['zzzza', ':toString']] }],
    ['an entry shows a path inside a leaf', { e: [['zzzza', ':a/b']] }],
  ])('%s', (_what, change) => {
    expect(decode({ ...base, ...change })).toBeUndefined()
  })
})

describe('a log is refused when', () => {
  test.each<readonly [what: string, change: object]>([
    ['it does not say since when', { s: undefined }],
    ['its since is no id', { s: '????' }],
    ['its since is a number', { s: 1 }],
    ['its parents are no list', { a: 'aaaaa' }],
    ['its parents are null', { a: null }],
    ['one parent is no id', { a: ['aaaaa', '????'] }],
    ['one parent is a list', { a: [['aaaaa']] }],
    ['its heads are no list', { t: 'aaaaa' }],
    ['its heads are null', { t: null }],
    ['one tip is no id', { t: [null] }],
    ['what was retired is no text', { r: 5 }],
    ['what was retired is null', { r: null }],
    ['what was retired is cut off', { r: 'abcdefgh' }],
    ['what was retired has other characters', { r: 'abc?e' }],
    ['what was retired ends in a line break', { r: 'abcd\n' }],
    ['it has no entries', { e: [] }],
    ['its entries are missing', { e: undefined }],
    ['its entries are null', { e: null }],
    ['its entries are a text', { e: 'entries' }],
    ['its entries are an object', { e: { length: 1, 0: entry } }],
    ['it has neither entries nor heads', { e: [] }],
  ])('%s', (_what, change) => {
    expect(decode({ ...log, ...change })).toBeUndefined()
  })
})

describe('a log without a start is refused when', () => {
  test.each<readonly [what: string, change: object]>([
    ['it tells all of its session id', { sid: 'A'.repeat(22) }],
    ['it tells less of it', { sid: 'A'.repeat(10) }],
    ['it tells nothing of it', { sid: undefined }],
    ['its session id has other characters', { sid: `${'A'.repeat(10)}=` }],
    ['its session id ends in a line break', { sid: `${'A'.repeat(11)}\n` }],
    ['its session id is a number', { sid: 12_345_678_901 }],
    ['it does not say when it expires', { exp: undefined }],
    ['it has no id', { jti: undefined }],
    ['it does not say since when', { s: undefined }],
    ['its start is null', { iat: null }],
    ['it is of another version', { v: 2 }],
    ['it is a base', { ...base, sid: 'A'.repeat(11), iat: undefined }],
    ['it is a tombstone', { ...tombstone, sid: 'A'.repeat(11), iat: undefined }],
    ['it tells a start as well', { iat: common.iat }],
  ])('%s', (_what, change) => {
    expect(decode({ ...short, ...change })).toBeUndefined()
  })
})

test('an entry that is an id alone does what the one before it does', () => {
  const e = ['zzzza', '+a', 1]
  const read = decode({ ...log, e: [e, 'b', 'c'] })
  const entries = read && logOf(read)?.entries
  expect(entries).toHaveLength(3)
  for (const { ops } of entries ?? [])
    expect(ops).toEqual([{ kind: 'increment', path: 'a', by: 1 }])
})

describe('a log is refused with an entry', () => {
  test.each<readonly [what: string, entries: readonly unknown[]]>([
    ['that is an id alone, with none before it', ['zzzza']],
    ['that is a text and no id', [entry, '????']],
    ['that is an empty text under another name', [entry, '']],
    ['that is an id alone, and not later', [entry, 'a']],
    ['that is a number', [entry, 5]],
    ['that is null', [null]],
    ['that is an object', [{ 0: 'zzzza' }]],
    ['that is empty', [[]]],
    ['without ops', [['zzzza']]],
    ['without an id', [[null, '=a', 1]]],
    ['whose id is a number', [[5, '=a', 1]]],
    ['whose id is none', [['????', '=a', 1]]],
    ['that comes twice', [entry, ['', '=a', 1], entry]],
    [
      'that is older than the one before',
      [
        ['zzzzb', '=a', 1],
        ['zzzza', '=a', 1],
      ],
    ],
    ['with an op that is a number', [['zzzza', 1]]],
    ['with an op that is null', [['zzzza', null]]],
    ['with an op that is a list', [['zzzza', ['=a', 1]]]],
    ['with an empty op', [['zzzza', '']]],
    ['with an op of another kind', [['zzzza', '%a', 1]]],
    ['with an op of a kind of two characters', [['zzzza', '😀a', 1]]],
    ['that shows the state of a base', [['zzzza', ':a']]],
    ['that sets nothing', [['zzzza', '=a']]],
    ['that increments by nothing', [['zzzza', '+a']]],
    ['that increments by a text', [['zzzza', '+a', '1']]],
    ['that increments by null', [['zzzza', '+a', null]]],
    ['that appends nothing', [['zzzza', '>a']]],
    ['that appends a text', [['zzzza', '>a', 'text']]],
    ['that puts nothing', [['zzzza', '*a']]],
    ['that advances to a list', [['zzzza', '^a', [1]]]],
    ['that inserts without neighbours', [['zzzza', '<a', ['x']]]],
    ['that inserts between numbers', [['zzzza', '<a', [1, 2, 3]]]],
    ['that removes a text', [['zzzza', '/a', 'abcd0']]],
    ['that removes numbers', [['zzzza', '/a', [1]]]],
    ['that orders nothing', [['zzzza', '#a']]],
    ['that appends an object', [['zzzza', '>a', { 0: 1 }]]],
    ['with something after its last op', [['zzzza', '-a', 1]]],
    ['that is right, and one that is not', [entry, ['zzzzb', '=a']]],
  ])('%s', (_what, entries) => {
    expect(decode({ ...log, e: entries })).toBeUndefined()
    expect(decode({ ...base, d: {}, e: entries })).toBeUndefined()
  })

  test.each(['fragment', '', 'AAAAAAAA0aaaa', '--------_aaaa', '????????aaaaa', '0mywttk70aaaaa'])(
    'that has the id of its cookie, where that is no id of an entry: %j',
    (jti) => {
      const own = { ...log, e: [['', '=a', 1]] }
      const read = decode(own)
      expect(read && logOf(read)?.entries[0]?.id).toBe(common.jti)
      expect(decode({ ...own, jti })).toBeUndefined()
    },
  )
})

test('an increment that is too large for a number gives nothing', () => {
  const text = JSON.stringify(log).replace('"=a",1', '"+a",1e999')
  expect(text).toContain('1e999')
  expect(decodeClaims(text)).toBeUndefined()
})

test('claims that are named like members of prototypes change nothing', () => {
  const text = JSON.stringify(log).replace('{', '{"__proto__":{"sub":"admin","g":7},"toString":1,')
  expect(decodeClaims(text)).toEqual(decode(log))
})
