/** The table agrees with `docs/security.md` and with the code. What it says of tests is shown by `npm run mutants`. */
import { describe, expect, test } from 'vitest'
import { mutants } from './table.ts'

const docs: unknown = Object.values(
  import.meta.glob('../../docs/security.md', { query: '?raw', import: 'default', eager: true }),
)[0]
const sources = import.meta.glob('../../src/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The rows that name tests: their first cells, and the tests. */
const rows = String(docs)
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => ({
    claim: line.split('|')[1]?.trim() ?? '',
    tests: [...line.matchAll(/`(test\/[\w./-]+\.test\.ts)` “([^”]*)”/g)],
  }))
  .filter(({ tests }) => tests.length > 0)

describe('the table of mutants', () => {
  test('has at least one for each claim of docs/security.md, which each of its tests catches', () => {
    expect(rows.length).toBeGreaterThan(40)
    for (const { claim, tests } of rows) {
      const own = mutants.filter((mutant) => mutant.claim === claim)
      for (const [, file, name] of tests) {
        const isThere = own.some((mutant) => mutant.test === file && mutant.name === name)
        expect([claim, file, name, isThere]).toEqual([claim, file, name, true])
      }
    }
  })

  test('has one for each other test that docs/security.md names, but for those in a browser', () => {
    const named = [...String(docs).matchAll(/`(test\/[\w./-]+\.test\.ts)` “([^”]*)”/g)]
    expect(named.length).toBeGreaterThan(60)
    for (const [, file = '', name] of named) {
      const isThere = mutants.some((mutant) => mutant.test === file && mutant.name === name)
      expect([file, name, isThere || file.startsWith('test/browser/')]).toEqual([file, name, true])
    }
  })

  test('has none of what is claimed nowhere', () => {
    const claims = rows.map(({ claim }) => claim)
    for (const { claim } of mutants) expect(claims).toContain(claim)
  })

  test('has sixty or more, each of which is an edit of the code as it is', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(60)
    for (const { what, file, from, to } of mutants) {
      const places = String(sources[`../../${file}`]).split(from).length - 1
      expect([file, what, places]).toEqual([file, what, 1])
      expect(to).not.toBe(from)
    }
  })
})
