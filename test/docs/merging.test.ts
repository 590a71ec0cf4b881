/** What the guide says of merging, against the cases that are tested. */
import { describe, expect, test } from 'vitest'
import { CASES } from '../merging/cases.ts'
import { SECRET } from '../support/visitor.ts'
import { createApp } from './examples/together.ts'
import { visitor } from './visitor.ts'

const pages: Record<string, string> = import.meta.glob('../../docs/guide.md', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The parts of a cell: commas in code do not count. */
const partsOf = (cell: string): string[] => cell.trim().split(/, (?=(?:[^`]*`[^`]*`)*[^`]*$)/)

test('each row of the table is tested: what one request does, beside what the other does', () => {
  const [, section = ''] = Object.values(pages).join().split('\n## What merges, and what holds')
  const rows = [...(section.split('\n## ')[0]?.matchAll(/^\|(.+)\|(.+)\|.+\|$/gm) ?? [])].slice(2)
  expect(rows.length).toBeGreaterThan(15)
  const tested = CASES.map(({ one, other }) => [one, other] as const)
  for (const [, first = '', second = ''] of rows) {
    const [ones, others] = [partsOf(first), partsOf(second)]
    const ofRow = tested.filter(([one, other]) => ones.includes(one) && others.includes(other))
    expect([...new Set(ofRow.map(([one]) => one))].sort()).toEqual([...ones].sort())
    expect([...new Set(ofRow.map(([, other]) => other))].sort()).toEqual([...others].sort())
  }
})

describe('the example', () => {
  const rolesIn = async (tenant: string) => (tenant === 'own' ? ['admin'] : [])
  const post = { method: 'POST' }

  test('keeps a tenant and its roles together, counts once, and never goes back', async () => {
    const browser = visitor(createApp(SECRET, rolesIn))
    await browser('/tenant/start', post)
    await Promise.all(['own', 'other'].map((tenant) => browser(`/tenant/${tenant}`, post)))
    await Promise.all([1, 2, 3].map(() => browser('/welcome', post)))
    await Promise.all([7, 12, 3].map((message) => browser(`/seen/news/${message}`, post)))
    const { user, ...rest } = await (await browser('/')).json()
    expect([
      { tenant: 'own', roles: ['admin'] },
      { tenant: 'other', roles: [] },
    ]).toContainEqual(user)
    expect(rest).toEqual({ points: 10, seen: { news: 12 } })
  })
})
