/** Figures and names that the docs tell, against the code that they come from. No sentence is held, only facts. */
import { describe, expect, test } from 'vitest'
import {
  BASE_BUDGET_BYTES,
  CROWDED_BYTES,
  CROWDED_DELTA_BYTES,
  DELTA_BUDGET_BYTES,
  DELTA_LIMIT_BYTES,
  FIRST_BASE_BUDGET_BYTES,
} from '../../src/fit/fit.ts'
import { MIN_CHECK_IN_BYTES } from '../../src/fit/operands.ts'
import {
  MAX_AGE_SECONDS,
  MAX_COOKIE_BYTES,
  MAX_FRAGMENTS,
  MAX_OPENED_BYTES,
} from '../../src/http/cookies.ts'
import { rejectionReasons } from '../../src/index.ts'
import { FORMAT_VERSION } from '../../src/log/format/claims.ts'
import {
  ANSWER_SECONDS,
  LATE_SECONDS,
  NOT_YET_SECONDS,
  SETTLE_SECONDS,
  SIBLINGS_SECONDS,
  SKEW_SECONDS,
  SPREAD_SECONDS,
} from '../../src/log/format/clocks.ts'
import {
  DIGEST_LENGTH,
  ID_LENGTH,
  PROVISIONAL,
  SID_PREFIX_LENGTH,
} from '../../src/log/format/fragment.ts'
import { timeCode } from '../../src/log/format/id-chain.ts'
import { derivedId, digestOf } from '../../src/log/format/ids.ts'
import { newSid } from '../../src/log/lives/lifecycle.ts'
import { POLICY } from '../../src/log/writing/policy.ts'
import { UNKNOWN_BYTES, YOUNG_UNKNOWN_BYTES } from '../../src/opening/judge.ts'
import { CROWDED_HEADER_BYTES } from '../../src/opening/view.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { DEFAULT_ABSOLUTE_TIMEOUT_SECONDS } from '../../src/options/rules.ts'
import { MIN_SECRET_BYTES } from '../../src/seal/secrets.ts'
import { MAX_SEEN_BYTES } from '../../src/seal/seen.ts'
import { MAX_SET_COOKIE_BYTES } from '../../src/session/set-cookies.ts'
import { unstorageStore } from '../../src/stores/unstorage.ts'
import { scenarios } from '../security/scenarios.ts'
import { SECRET } from '../support/visitor.ts'
import { figures, namesIn, rowsByName, rowsOf, section } from './markdown.ts'

const texts: Record<string, string> = import.meta.glob(
  [
    '../../*.md',
    '../../docs/*.md',
    '../../src/**/*.md',
    '../../package.json',
    '../../src/opening/judge.ts',
    '../../src/http/cookies.ts',
    '../../src/seal/keyring.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
)
const text = (path: string): string => texts[`../../${path}`] ?? expect.fail(path)
const pages = Object.entries(texts).filter(([path]) => path.endsWith('.md'))

/** A number that a file keeps to itself. */
function privateNumber(path: string, name: string): number {
  const [, number = ''] = new RegExp(`^const ${name} = ([\\d_]+)$`, 'm').exec(text(path)) ?? []
  return Number(number.replaceAll('_', '') || expect.fail(name))
}

const MOST_FAILURES = privateNumber('src/opening/judge.ts', 'MOST_FAILURES')
const SHORTEST_VALUE = privateNumber('src/http/cookies.ts', 'SHORTEST_VALUE')
const AT_ONCE = privateNumber('src/opening/judge.ts', 'AT_ONCE')
const MAX_CACHED_KEYS = privateNumber('src/seal/keyring.ts', 'MAX_CACHED_KEYS')
const SECRET_ID_LENGTH = privateNumber('src/seal/keyring.ts', 'SECRET_ID_LENGTH')

const ascending = (...numbers: number[]): number[] => numbers.sort((a, b) => a - b)

describe('docs/wire-format.md tells', () => {
  const page = text('docs/wire-format.md')
  const part = (heading: string) => section(page, `## ${heading}`)

  test('how large cookies may be, how many count, and how long their ids are', () => {
    const cookies = part('1 Cookies')
    expect(figures(cookies, 'bytes')).toEqual([MAX_COOKIE_BYTES, MAX_OPENED_BYTES])
    expect(figures(cookies, 'cookies')).toEqual(ascending(MOST_FAILURES, MAX_FRAGMENTS))
    expect(figures(cookies, 'characters')).toEqual([ID_LENGTH, SHORTEST_VALUE])
    expect(cookies).toContain(` ${derivedId('', []).length} or ${ID_LENGTH} `)
  })

  test('the default of the absolute timeout', () => {
    expect(figures(part('2 Keys'), 'hours')).toEqual([DEFAULT_ABSOLUTE_TIMEOUT_SECONDS / 3600])
  })

  test('the version, the lengths of what claims hold, and the generation of provisional sessions', () => {
    const claims = rowsByName(part('4 Claims'))
    const lengths = (claim: string) => figures((claims.get(claim) ?? []).join(' '), 'characters')
    expect(claims.get('v')?.[0]).toBe(String(FORMAT_VERSION))
    expect(lengths('sid')).toEqual([newSid((count) => new Uint8Array(count)).length])
    expect(lengths('f')).toEqual([SID_PREFIX_LENGTH])
    expect(lengths('r')).toEqual([DIGEST_LENGTH])
    expect(claims.get('g')?.[0]).toBe(`integer ≥ −${-PROVISIONAL}`)
  })

  test('the lengths of ids and digests, and the step of a digest', () => {
    const ids = part('5 Ids')
    const [entry = [], , , fold = []] = rowsOf(ids)
    expect(entry[1]).toMatch(new RegExp(`^${ID_LENGTH}: .* ${timeCode(0).length} digits`))
    expect(entry[1]).toContain(` ${ID_LENGTH - timeCode(0).length} random characters`)
    expect(figures(fold.join(' '), 'characters')).toEqual([derivedId('', []).length])
    expect(ids).toContain(`before[0 : ${ID_LENGTH} − length]`)
    expect(figures(ids, 'characters')).toEqual(
      ascending(DIGEST_LENGTH, timeCode(0).length, ID_LENGTH),
    )
    const step = Number(/floor\(time\(id\) \/ (\d+)\)/.exec(ids)?.[1])
    const digestAt = (ms: number) => digestOf(`${timeCode(ms)}00000`)
    for (const begin of [step * 12_345_678_901, step * 13_579_246_802]) {
      expect(digestAt(begin)).toBe(digestAt(begin + step - 1))
      expect(digestAt(begin)).not.toBe(digestAt(begin - 1))
    }
  })

  test('what unstorage has: under which key, and an expiry in seconds', async () => {
    const [, key = '', unit] =
      /`([\w:]+)<key>`[^`]*`carryon1\.<expiry in (\w+) since 1970>\.<token>`/.exec(
        part('8 Claim checks'),
      ) ?? []
    const put: [string, string][] = []
    const storage = {
      getItem: async () => null,
      setItem: async (...[name, value]: [string, string, unknown]) => void put.push([name, value]),
    }
    const now = 1_800_001_234_567
    await unstorageStore(storage, { clock: () => now }).put('abc', 'token', 3600)
    expect(put).toEqual([[`${key}abc`, expect.stringMatching(/^carryon1\.\d+\.token$/)]])
    const expiry = Number(put[0]?.[1].split('.')[1]) * (unit === 'seconds' ? 1000 : 1)
    expect(Math.round((expiry - now) / 3_600_000)).toBe(1)
  })

  test('how far ahead of the clock fragments may be, and how long sessions keep their place', () => {
    const steps = part('9 Which session, and its state')
    expect(figures(steps, 's')).toEqual(ascending(NOT_YET_SECONDS, SIBLINGS_SECONDS, LATE_SECONDS))
    expect(figures(steps, 'characters')).toEqual([SID_PREFIX_LENGTH])
  })

  test('all reasons to reject a cookie, and no other', () => {
    expect(namesIn(part('10 What to reject'))).toEqual([...rejectionReasons].sort())
  })

  test('the same numbers in its program', () => {
    const program = part('11 In one piece')
    for (const code of [
      `<= now + ${NOT_YET_SECONDS * 1000}]`,
      `<= ${SIBLINGS_SECONDS * 1000} for s in family)`,
      `f.exp + ${LATE_SECONDS * 1000} > now}`,
      `before[:${ID_LENGTH} - len(text)]`,
      `{c.sid[:${SID_PREFIX_LENGTH}], *chunks(c.f, ${SID_PREFIX_LENGTH})}`,
      `chunks(c.r or "", ${DIGEST_LENGTH})`,
      `[:${SECRET_ID_LENGTH}] == kid[1]`,
    ])
      expect(program).toContain(code)
  })
})

describe('docs/clustering.md tells', () => {
  const page = text('docs/clustering.md')
  const how = section(page, '## How it works')
  const bounds = section(page, '## The bounds')

  test('the rules of time', () => {
    const rules = rowsOf(section(page, '### Times')).map(([, time]) => time)
    const times = [
      ...[ANSWER_SECONDS, SKEW_SECONDS, SPREAD_SECONDS],
      ...[SETTLE_SECONDS, LATE_SECONDS, NOT_YET_SECONDS],
    ]
    expect(rules).toEqual(times.map((seconds) => `${seconds} s`))
  })

  test('the same times in minutes', () => {
    expect(figures(how, 'minutes')).toEqual([SETTLE_SECONDS / 60])
    expect(figures(bounds, 'minutes')).toEqual([ANSWER_SECONDS / 60, SETTLE_SECONDS / 60])
    expect(figures(bounds, 's')).toContain(SKEW_SECONDS)
    expect(figures(section(page, '## Where the idea ends'), 'minutes')).toEqual([
      SETTLE_SECONDS / 60,
    ])
  })

  test('how much of a retired entry stays', () => {
    expect(figures(how, 'characters')).toEqual([DIGEST_LENGTH])
  })

  test('the budgets of what goes to the store beside it', () => {
    const decision = '## 2026-11-26 Ops are never replaced by claim checks'
    const bytes = figures(section(text('docs/decisions.md'), decision), 'bytes')
    expect(bytes).toEqual([DELTA_BUDGET_BYTES])
    expect(section(text('docs/decisions.md'), decision)).toContain(` ${BASE_BUDGET_BYTES},`)
  })

  test('how many entries stay unsettled', () => {
    const { maxEntries, keptEntries } = POLICY
    expect(figures(bounds, 'entries')).toEqual(
      ascending(...new Set([maxEntries, Math.max(...keptEntries), Math.min(...keptEntries)])),
    )
    expect(figures(bounds, 'other writes')).toEqual([Math.max(...keptEntries)])
  })

  test('how many cookies are opened', () => {
    expect(figures(bounds, 'cookies')).toEqual(ascending(MOST_FAILURES, MAX_FRAGMENTS))
  })

  test('how long the Set-Cookie headers of a response are', () => {
    expect(figures(bounds, 'bytes')).toEqual([MAX_SET_COOKIE_BYTES])
  })
})

describe('docs/security.md tells', () => {
  const page = text('docs/security.md')
  const attacks = section(page, '## Who attacks, and what comes of it')
  const keys = section(page, '## Keys')

  test('what a client can withhold, and for how long', () => {
    expect(figures(attacks, 'minutes')).toEqual([SETTLE_SECONDS / 60])
  })

  test('how much work a request can cause', () => {
    expect(figures(attacks, 'cookies')).toEqual(
      expect.arrayContaining([MOST_FAILURES, AT_ONCE, MAX_FRAGMENTS]),
    )
    expect(figures(attacks, 'failed decryptions')).toEqual([MOST_FAILURES - 1 + AT_ONCE])
    expect(figures(attacks, 'derived keys')).toEqual([MAX_CACHED_KEYS])
  })

  test('how much a node keeps of what it opened', () => {
    expect(figures(section(page, '## What is where'), 'MB')).toContain(MAX_SEEN_BYTES / 2 ** 20)
  })

  test('how long secrets are, and how they are told apart', () => {
    expect(figures(keys, 'bytes')).toEqual([MIN_SECRET_BYTES, UNKNOWN_BYTES, YOUNG_UNKNOWN_BYTES])
    expect(figures(keys, 'bits')).toContain(SECRET_ID_LENGTH * 6)
    expect(keys).toContain(`(1 in ${Math.floor(2 ** (SECRET_ID_LENGTH * 6) / 1e6)} million)`)
  })

  test('the default of the absolute timeout', () => {
    expect(figures(page, 'hours')).toEqual([DEFAULT_ABSOLUTE_TIMEOUT_SECONDS / 3600])
  })
})

describe('docs/decisions.md tells', () => {
  test('the budgets in use', () => {
    const decision = '## 2026-11-22 A small overflow budget for bases, none for calm deltas'
    expect(figures(section(text('docs/decisions.md'), decision), 'bytes')).toEqual(
      expect.arrayContaining([BASE_BUDGET_BYTES, FIRST_BASE_BUDGET_BYTES, MAX_SET_COOKIE_BYTES]),
    )
  })

  test('how much goes to the store, and how much stays, before what is young settles', () => {
    const decision = '## 2026-11-26 What is young stays, in more than one cookie if need be'
    const told = section(text('docs/decisions.md'), decision)
    const code = [MIN_CHECK_IN_BYTES, CROWDED_DELTA_BYTES, DELTA_LIMIT_BYTES]
    expect(figures(told, 'bytes')).toEqual(expect.arrayContaining(code))
    expect(figures(told, 'characters')).toEqual([CROWDED_BYTES, POLICY.roomyLength])
  })

  test('how many entries stay unsettled', () => {
    const decision = section(
      text('docs/decisions.md'),
      '## 2026-11-27 Bases take what is young where it is long',
    )
    const { maxEntries, cutStepSeconds, embeddedLength, orderedLength, looseEntries } = POLICY
    expect(decision).toContain(`the newest ${maxEntries}.`)
    expect(decision).toContain(`in steps of ${cutStepSeconds} s`)
    expect(decision).toContain(`up to ${embeddedLength} characters`)
    expect(decision).toContain(`up to ${orderedLength.toLocaleString('en')} with lists`)
    expect(decision).toContain(`those who see ${looseEntries} entries beside it`)
  })
})

describe('docs/costs.md tells', () => {
  test('the limits in use', () => {
    const rows = rowsByName(section(text('docs/costs.md'), '## The limits'))
    const bytesOf = (name: string) => figures(rows.get(name)?.join(' ') ?? '', 'bytes')
    expect(bytesOf('one cookie, name and value')).toEqual([MAX_COOKIE_BYTES])
    expect(bytesOf('Set-Cookie of one response')).toEqual([MAX_SET_COOKIE_BYTES])
    expect(bytesOf('event [crowded](observability.md#events)')).toEqual([CROWDED_HEADER_BYTES])
    expect(bytesOf('cookies of unknown secrets')).toEqual([UNKNOWN_BYTES, YOUNG_UNKNOWN_BYTES])
  })
})

describe('docs/observability.md tells', () => {
  test('from when on cookies are crowded, and how many of unknown secrets stay', () => {
    const events = section(text('docs/observability.md'), '## Events')
    expect(figures(events, 'bytes')).toEqual(
      ascending(UNKNOWN_BYTES, YOUNG_UNKNOWN_BYTES, CROWDED_HEADER_BYTES),
    )
  })

  test('all events and all reasons, and no other', () => {
    expect(namesIn(text('docs/observability.md'))).toEqual(
      [...Object.keys(scenarios), ...rejectionReasons].sort(),
    )
  })
})

describe('the README tells', () => {
  const options = rowsByName(section(text('README.md'), '## Options'))

  test('the defaults that are filled in', () => {
    const resolved = resolveOptions({ secrets: SECRET })
    const { prefix, path, sameSite, partitioned } = resolved.cookies.secure
    const quoted = (value: string) => `\`'${value}'\``
    const defaults = {
      'cookie.name': quoted(prefix.replace(/^__Host-|\.$/g, '')),
      'cookie.path': quoted(path),
      'cookie.sameSite': quoted(sameSite),
      'cookie.partitioned': `\`${partitioned}\``,
      idleTimeout: String(resolved.idleTimeout),
      absoluteTimeout: String(resolved.absoluteTimeout),
      onInvalid: quoted(resolved.onInvalid),
      overflowLoad: quoted(resolved.overflowLoad),
      overflowTimeout: String(resolved.overflowTimeoutMs / 1000),
      maxSessionBytes: String(resolved.maxSessionBytes),
      cacheControl: quoted(String(resolved.cacheControl)),
    }
    for (const [name, value] of Object.entries(defaults))
      expect([name, options.get(name)?.[1]]).toEqual([name, value])
  })

  test('the longest life of a cookie, and the shortest secret', () => {
    expect(figures(options.get('absoluteTimeout')?.[2] ?? '', 'days')).toEqual([
      MAX_AGE_SECONDS / 86_400,
    ])
    expect(figures(options.get('secrets')?.[2] ?? '', 'bytes')).toEqual([MIN_SECRET_BYTES])
  })
})

describe('the pages name only', () => {
  const files = Object.keys(
    import.meta.glob('../../{src,test,bench,demo}/**/*.{ts,md,json}', {
      query: '?raw',
      import: 'default',
      eager: true,
    }),
  ).map((path) => new URL(path, 'file:///test/docs/').pathname.slice(1))

  test('files and folders that exist', () => {
    const named = pages.flatMap(([page, markdown]) =>
      Array.from(
        markdown.matchAll(/(?<![\w-]\/|[\w-])(?:src|test|bench|demo)\/[\w./-]*/g),
        ([path]) => [page, path.replace(/\.+$/, '')] as const,
      ),
    )
    expect(named.length).toBeGreaterThan(60)
    const exists = (path: string) =>
      files.some((file) => file === path || file.startsWith(path.replace(/\/?$/, '/')))
    expect(named.filter(([, path]) => !exists(path))).toEqual([])
  })

  test('npm scripts that exist', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(text('package.json'))
    const named = pages.flatMap(([page, markdown]) =>
      Array.from(markdown.matchAll(/npm run (?:-\w+ )*([\w:-]+)/g), ([, name = '']) => [
        page,
        name,
      ]),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(([, name = '']) => !Object.hasOwn(scripts, name))).toEqual([])
  })
})
