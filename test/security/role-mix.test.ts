/** What a client reaches that mixes branches of its own jar, see docs/security.md, and what it does not. */
import { describe, expect, test } from 'vitest'
import { mixRoles } from './role-mix.ts'

const MIXED = { tenant: 'victim', role: 'admin' }

describe('a role and its tenant under keys of their own', () => {
  test('can be mixed by a client that makes some hundred cheap writes within a second', async () => {
    const { shown, requests, seconds } = await mixRoles({ keeps: 'apart', way: 'writes' })
    expect(shown).toEqual(MIXED)
    expect(requests).toBeGreaterThan(90)
    expect(requests).toBeLessThan(150)
    expect(seconds).toBeLessThan(1)
  })

  test('can be mixed by a client that waits for four minutes twice, with nineteen requests', async () => {
    const { shown, requests, seconds } = await mixRoles({ keeps: 'apart', way: 'waits' })
    expect(shown).toEqual(MIXED)
    expect(requests).toBeLessThan(20)
    expect(seconds).toBeLessThan(500)
  })

  test('are not mixed by the same client with its first ninety requests', async () => {
    const { shown } = await mixRoles({ keeps: 'apart', way: 'writes', most: 85 })
    expect(shown).not.toEqual(MIXED)
  })
})

describe('a role and its tenant in one atomic key', () => {
  test.each([
    ['makes three hundred cheap writes', 'writes', 300],
    ['waits for twenty minutes', 'waits', 40],
  ] as const)('are not mixed by a client that %s', async (_, way, most) => {
    for (const filler of [0, 800, 2000]) {
      const { shown, requests } = await mixRoles({ keeps: 'atomic', way, filler, most })
      expect(shown).toEqual({ tenant: 'victim', role: 'viewer' })
      expect(requests).toBeGreaterThanOrEqual(most)
    }
  })
})
