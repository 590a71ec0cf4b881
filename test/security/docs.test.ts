import { describe, expect, test } from 'vitest'

const docs =
  import.meta.glob('../../docs/security.md', { query: '?raw', import: 'default', eager: true })[
    '../../docs/security.md'
  ] ?? ''
const files = Object.fromEntries(
  Object.entries(
    import.meta.glob('../**/*.test.ts', { query: '?raw', import: 'default', eager: true }),
  ).map(([path, text]) => [
    path.replace(/^\.\.?\//, path.startsWith('../') ? 'test/' : 'test/security/'),
    text,
  ]),
)

/** The requirements that research found to apply: sessions, cookies, tokens, cryptography, caches. */
const ASVS = [
  ...['3.3.1', '3.3.2', '3.3.3', '3.3.4', '3.3.5'],
  ...['7.1.1', '7.1.2', '7.1.3', '7.2.1', '7.2.2', '7.2.3', '7.2.4', '7.3.1', '7.3.2'],
  ...['7.4.1', '7.4.2', '7.4.3', '7.4.4', '7.4.5', '7.5.1', '7.5.2', '7.5.3', '7.6.1', '7.6.2'],
  ...['9.1.1', '9.1.2', '9.1.3', '9.2.1', '9.2.2', '9.2.3', '9.2.4'],
  ...['11.2.4', '11.2.5', '11.3.2', '11.3.3', '11.3.4', '11.3.5', '11.5.1'],
  ...['13.3.1', '13.3.4', '14.2.2', '14.3.1', '14.3.2', '14.3.3'],
]

describe('docs/security.md', () => {
  const rows = docs.split('\n').filter((line) => /^\| \d+\.\d+\.\d+ \|/.test(line))

  test('has one row for each requirement of ASVS that applies, with a test or a reason', () => {
    expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(ASVS)
    for (const row of rows) expect(row.split('|')[3]?.trim().length).toBeGreaterThan(2)
  })

  test('names only tests that exist', () => {
    const named = [...docs.matchAll(/`(test\/[\w./-]+\.test\.ts)` “([^”]*)”/g)]
    expect(named.length).toBeGreaterThan(35)
    for (const [, file = '', name = ''] of named) {
      expect(name).not.toBe('')
      expect([file, name, files[file]?.includes(name)]).toEqual([file, name, true])
    }
    const mentioned = [...docs.matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)]
    expect(mentioned).toHaveLength(named.length)
  })
})
