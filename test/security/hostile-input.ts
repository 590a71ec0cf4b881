/** What somebody may send, or may have got sealed: arbitraries for fast-check. */
import fc from 'fast-check'
import { ID_LENGTH } from '../../src/log/format/fragment.ts'
import { timeCode } from '../../src/log/format/id-chain.ts'
import { START } from '../support/visitor.ts'

export const PREFIX = '__Host-session.'

const nest = (depth: number, open: string, close: string) =>
  `${open.repeat(depth)}1${close.repeat(depth)}`

/** JSON texts that are awkward: nested deeply, huge, of the names that prototypes have. */
const awkwardJson = fc.constantFrom(
  nest(1000, '[', ']'),
  nest(400, '{"a":', '}'),
  nest(60, '{"$":["o",', ']}'),
  '1e308',
  '-1e308',
  '1e-320',
  '9007199254740993',
  '-0',
  '"\\ud800"',
  '"\\u0000"',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"$":["m",[[1,2],[{"$":["u"]},3]]]}',
  '{"$":["n","12345678901234567890"]}',
  '{"$":["d",8.64e99]}',
  '{"$":["b","????"]}',
  '{"$":["l","not a url"]}',
  '{"$":["c","key",12,"digest"]}',
  '{"$":[]}',
  '{"toString":1,"hasOwnProperty":2}',
)

/** Any JSON text. */
export const anyJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: awkwardJson },
  { weight: 3, arbitrary: fc.json({ maxDepth: 3 }) },
)

/** An id of ours of about now: few, so that they meet. */
export const anyId: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: -200, max: 20 }), fc.constantFrom('0', 'z', '_'))
  .map(([s, last]) => timeCode(START + s * 1000) + last.repeat(ID_LENGTH - 8))

const path = fc.constantFrom(
  'a',
  'b',
  'a/b',
  'a/b/c',
  '__proto__/x',
  '',
  '/',
  '~',
  '~0',
  '~f',
  '~v',
)

const op: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(path, anyJson).map(([at, json]) => `"=${at}",${json}`),
  path.map((at) => `"-${at}"`),
  path.map((at) => `":${at}"`),
  fc.tuple(path, anyJson).map(([at, json]) => `"+${at}",${json}`),
  fc.tuple(path, fc.constantFrom('1', '1e308', '-0.5')).map(([at, by]) => `"+${at}",${by}`),
  fc.tuple(path, anyJson).map(([at, json]) => `">${at}",[${json}]`),
  anyJson,
)

const entry = fc
  .tuple(fc.oneof(anyId, fc.constant('')), fc.array(op, { minLength: 1, maxLength: 4 }))
  .map(([id, ops]) => `["${id}",${ops.join(',')}]`)

const sids = ['AAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBB', 'CCCCCCCCCCCCCCCCCCCCCC']

/** Claims that are mostly right, each member as JSON text. */
const members = fc.record(
  {
    v: fc.constant('1'),
    k: fc.constantFrom('"b"', '"b"', '"l"', '"x"'),
    sid: fc.constantFrom(...sids.map((sid) => JSON.stringify(sid))),
    iat: fc.integer({ min: -100, max: 10 }).map((s) => String(START / 1000 + s)),
    exp: fc.integer({ min: -5, max: 3000 }).map((s) => String(Math.floor(START / 1000) + s)),
    sub: fc.constantFrom('"u"', '""'),
    g: fc.constantFrom('0', '1', '-1', '60000000', '9007199254740991'),
    f: fc.constantFrom('"AAAAAAAA"', '"BBBBBBBBAAAAAAAA"'),
    h: anyId.map((id) => JSON.stringify(id)),
    n: fc.constantFrom('0', '3', '9007199254740991'),
    s: anyId.map((id) => JSON.stringify(id)),
    a: fc.array(anyId, { maxLength: 2 }).map((ids) => JSON.stringify(ids)),
    t: fc.array(anyId, { maxLength: 2 }).map((ids) => JSON.stringify(ids)),
    r: fc.constantFrom('""', '"abcde"', '"abcdefghij"'),
    e: fc.array(entry, { maxLength: 3 }).map((entries) => `[${entries.join(',')}]`),
    d: fc.oneof(fc.constant('{"a":{"b":1},"b":[1]}'), anyJson),
  },
  { requiredKeys: ['v', 'k', 'sid', 'iat', 'exp', 'h', 's', 'd'] },
)

/** The text of claims for a cookie with `id`: mostly right, with up to two members replaced by any JSON. */
export const anyClaims: fc.Arbitrary<{ readonly id: string; readonly text: string }> = fc
  .tuple(
    anyId,
    members,
    fc.array(
      fc.tuple(
        fc.constantFrom(...'vkghnsatred'.split(''), 'sid', 'iat', 'exp', 'sub', 'jti', '__proto__'),
        anyJson,
      ),
      {
        maxLength: 2,
      },
    ),
    fc.integer({ min: 0, max: 2 }),
  )
  .map(([id, right, wrong, many]) => {
    const all = Object.entries({ jti: JSON.stringify(id), ...right })
    const replaced = [...all, ...wrong.slice(0, many)]
    return { id, text: `{${replaced.map(([key, json]) => `"${key}":${json}`).join(',')}}` }
  })

/** A text with some of its characters changed, dropped or doubled. */
export function mutated(text: string): fc.Arbitrary<string> {
  return fc
    .array(
      fc.tuple(
        fc.nat(text.length),
        fc.constantFrom('A', '_', '.', '=', ';', ' ', '"', '\\', '\u00ff', '\u0001', ''),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) =>
      changes.reduce((at, [i, char]) => at.slice(0, i) + char + at.slice(i + (i % 3)), text),
    )
}

/** A Cookie header that was never ours, with pieces of it that were. */
export const anyHeader: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ';',
        '; ',
        '=',
        ' ',
        '\t',
        PREFIX,
        'session.',
        '__Host-',
        'aaaaaaaa',
        '..',
        'eyJhbGciOiJkaXIi',
      ),
      fc.string({ maxLength: 12, unit: 'binary' }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))
