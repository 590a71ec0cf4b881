/** What the docs tell in figures and lists, against where it comes from. */
import { describe, expect, test } from 'vitest'
import { goalsOf, type Row, SMALL_TABLE, tableOf, verdictOf } from '../../bench/wire/goals.ts'
import { MAX_SET_COOKIE_BYTES } from '../../src/session/set-cookies.ts'
import { figures, rowsOf, section } from './markdown.ts'

const texts: Record<string, string> = import.meta.glob(
  [
    '../../README.md',
    '../../docs/clustering.md',
    '../../docs/costs.md',
    '../../src/options/options.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
)
const text = (name: string): string => texts[`../../${name}`] ?? expect.fail(name)

describe('the table of options in the README', () => {
  const table = rowsOf(section(text('README.md'), '## Options'))
  const shown = new Map(table.map(([name = '', , value = '']) => [name, value]))

  function declared(kind: string, prefix: string): [string, string | undefined][] {
    const body = text('src/options/options.ts').split(`interface ${kind}`)[1]?.split('\n}')[0] ?? ''
    return [...body.matchAll(/(\/\*\*(?:(?!\*\/).)*\*\/)\s+readonly (\w+)\??:/gs)].map(
      ([, comment = '', name]) => [
        `\`${prefix}${name}\``,
        /@default ([^\n]*?)(?: \*\/)?$/m.exec(comment)?.[1],
      ],
    )
  }
  const options = [
    ...declared('CookieOptions ', 'cookie.'),
    ...declared('RevocationOptions ', 'revocation.'),
    ...declared('BaseSessionOptions ', '').filter(
      ([name]) => !['`cookie`', '`revocation`'].includes(name),
    ),
    ...declared('SessionOptions<', ''),
  ]

  test('has each option once', () => {
    expect(options.length).toBeGreaterThan(20)
    expect([...shown.keys()].sort()).toEqual(options.map(([name]) => name).sort())
  })

  test('has the defaults that are declared', () => {
    for (const [name, value] of options) {
      if (value === undefined || /^none/.test(value)) continue
      expect([name, shown.get(name)]).toEqual([name, `\`${value}\``.replace(/^`(\d+)`$/, '$1')])
    }
  })
})

describe('what docs/clustering.md says of sizes', () => {
  const page = text('docs/clustering.md')
  const bounds = section(page, '## The bounds')
  const [, busy = '', endless = ''] = page.split('\n### A browser that ')
  const cells = (table: string) =>
    rowsOf(table)
      .filter(([size = '']) => size.endsWith(' KB'))
      .map((row) => ({
        size: row[0] ?? '',
        inFlight: Number(row[1]),
        pace: row[2] ?? '',
        cookie: Number(row[6]),
        setCookie: Number(row[9]),
      }))
  const short = cells(busy)
  const long = cells(endless)

  const past = (table: typeof short, size: string, limit: number): string => {
    const found = table.filter((row) => row.size === size && row.cookie > limit)
    if (found.length === 0) return 'not up to 12'
    return `from ${Math.min(...found.map(({ inFlight }) => inFlight))} in flight`
  }

  test('is what the tables show: from when on headers pass 8 KB and 16 KB', () => {
    expect([short.length, long.length]).toEqual([40, 40])
    const sizes = ['0.2 KB', '1.0 KB', '1.7 KB', '2.5 KB']
    expect(rowsOf(bounds)).toEqual(
      sizes.map((size) => [
        size,
        past(short, size, 8192),
        past(short, size, 16_384),
        past(long, size, 8192),
        past(long, size, 16_384),
      ]),
    )
    for (const { size, inFlight, pace, cookie } of long)
      if (inFlight === 12 && pace === '5 s')
        expect([size, cookie]).toEqual([size, Math.max(cookie, 16_385)])
  })

  test('is what the tables show: the longest Set-Cookie of a response', () => {
    const all = [...short, ...long]
    for (const { size, setCookie } of all)
      if (['0.2 KB', '1.0 KB'].includes(size)) expect(setCookie).toBeLessThan(MAX_SET_COOKIE_BYTES)
    const longest = Math.max(...all.map(({ setCookie }) => setCookie))
    expect(figures(bounds, 'KB')).toContain(Math.floor(longest / 100) / 10)
  })
})

describe('what docs/costs.md says of reads', () => {
  const measured = section(text('docs/costs.md'), '## Measured')
  const rows = rowsOf(measured).map(
    ([browser = '', table, size = '', workload = '', block, one, cookie, oneCookie]): Row => ({
      browser,
      tableBytes: Number(table),
      bytes: Math.round(Number.parseFloat(size) * 1024),
      workload,
      ours: { block: Number(block), cookie: Number(cookie) },
      one: { block: Number(one), cookie: Number(oneCookie) },
    }),
  )

  test('is what the benchmark wrote: each size and workload, in both browsers', () => {
    expect(new Set(rows.map(({ browser }) => browser.split(' ')[0]))).toEqual(
      new Set(['Chromium', 'Firefox']),
    )
    expect(rows).toHaveLength(2 * 4 * (3 + 1))
    expect(measured).toContain(tableOf(rows))
  })

  test('tells which goals are missed', () => {
    expect(measured).toContain(verdictOf(goalsOf(rows)))
    const told = figures(measured.split('|')[0] ?? '', 'bytes')
    const all = goalsOf(rows).flatMap(({ most, what }) => (what.endsWith('cookie') ? [] : [most]))
    expect(told).toEqual([...new Set([...all, SMALL_TABLE])].sort((a, b) => a - b))
  })
})

describe('what the README says of reads', () => {
  test('is what docs/costs.md has for Chromium, a table of 4,096 bytes and sets', () => {
    const costs = rowsOf(section(text('docs/costs.md'), '## Measured')).filter(
      ([browser, table, , workload]) =>
        browser?.startsWith('Chromium') && table === '4096' && workload === 'set',
    )
    const column = (i: number) => costs.map((row) => row[i]).join(', ')
    const told = rowsOf(section(text('README.md'), '## How it compares')).filter((row) =>
      row[3]?.includes('bench:wire'),
    )
    expect(costs).toHaveLength(4)
    expect(told.map(([, ours, one]) => [ours, one])).toEqual([
      [column(4), column(5)],
      [column(6), column(7)],
    ])
    expect(told[0]?.[0]).toContain(costs.map((row) => row[2]?.replace(' KB', '')).join(', '))
  })
})
