/** Logins and logouts on nodes that lack a secret. */
import { describe, expect, test } from 'vitest'
import { Clock, type Loose, OTHER_SECRET, SECRET, Shop, Visitor } from '../support/visitor.ts'

/** Three nodes that one browser visits: one knows the old secret, one the new one, one both. */
function fleet() {
  const clock = new Clock()
  const visitor = new Visitor(clock)
  const node = (...secrets: string[]) => new Shop<Loose>({ secrets }, { clock, visitor })
  return { clock, old: node(SECRET), young: node(OTHER_SECRET), both: node(SECRET, OTHER_SECRET) }
}

async function userOf({ sessions, visitor }: Shop): Promise<string | undefined> {
  return (await sessions.open(visitor.request())).subject
}

describe('on a fleet whose nodes know different secrets', () => {
  test('a logout that could not read the session holds, also once the node has started another one', async () => {
    const { clock, old, young, both } = fleet()
    await young.visit((session) => session.login('ada'))
    await old.visit((session) => session.destroy())
    expect(await userOf(both)).toBe(undefined)
    for (const seconds of [400, 60, 400]) {
      clock.advance(seconds)
      await old.visit(({ data }) => {
        data['at'] = clock.now
      })
      expect(await userOf(both)).toBe(undefined)
    }
  })

  test('a login counts on a node that could not read the logout of minutes ago', async () => {
    const { clock, old, young, both } = fleet()
    await young.visit(({ data }) => {
      data['cart'] = 1
    })
    await old.visit((session) => session.destroy())
    clock.advance(130)
    await young.visit((session) => session.login('ada'))
    for (const node of [young, both]) expect(await userOf(node)).toBe('ada')
  })
})
