/** The four session guarantees of docs/clustering.md: a browser that meets another node with each request. */
import { expect, test } from 'vitest'
import { Clock, Shop, Visitor } from '../support/visitor.ts'

/** Nodes whose clocks are off as far as they may be, and one browser. */
function fleet(): { readonly clock: Clock; readonly nodes: readonly Shop[] } {
  const clock = new Clock()
  const visitor = new Visitor(clock)
  const nodes = [0, -30, 30, -10].map(
    (skew) => new Shop({ clock: () => clock.now + skew * 1000 }, { clock, visitor }),
  )
  return { clock, nodes }
}

/** Visits one node after the other. */
async function rounds(
  count: number,
  visit: (node: Shop, i: number) => Promise<unknown>,
): Promise<void> {
  const { clock, nodes } = fleet()
  for (let i = 0; i < count; i++) {
    await visit(nodes[i % nodes.length] ?? expect.fail(), i)
    clock.now += [20, 1000, 40_000][i % 3] ?? 0
  }
}

test('read your writes: what a response brought, the next request sees', async () => {
  await rounds(100, (node, i) =>
    node.visit(({ data }) => {
      if (i > 0) expect(data[`k${(i - 1) % 9}`]).toBe(i - 1)
      data[`k${i % 9}`] = i
    }),
  )
})

test('monotonic reads: what one request saw, all later ones see', async () => {
  let seen: string[] = []
  let late: (() => void) | undefined
  await rounds(60, async (node, i) => {
    if (i === 0) await node.visit((session) => session.regenerate())
    const beside = await node.begin()
    beside.session.data[`late ${i}`] = i
    await node.visit(({ data }) => {
      expect(Object.keys(data)).toEqual(expect.arrayContaining(seen))
      seen = Object.keys(data)
      data[`k${i}`] = i
    })
    // An answer that others overtake takes nothing back.
    late?.()
    late = await beside.answer()
  })
})

test('writes follow reads: without the cookie of what its writer had seen, a write does not show', async () => {
  const { clock, nodes } = fleet()
  const [node, other] = [nodes[0] ?? expect.fail(), nodes[1] ?? expect.fail()]
  await node.visit(({ data }) => {
    data['a'] = 1
  })
  const before = node.visitor.jar.cookies(node.visitor.origin).map(({ name }) => name)
  clock.advance(1)
  const beside = await other.begin()
  await node.visit(({ data }) => {
    data['limit'] = 'reached'
  })
  beside.session.data['c'] = 1
  await beside.end()
  clock.advance(1)
  await other.visit(({ data }) => {
    expect(data['limit']).toBe('reached')
    data['decision'] = 'since the limit is reached'
  })
  const { jar, origin } = node.visitor
  const cookies = jar.cookies(origin)
  for (const { name } of cookies.filter((each) => !before.includes(each.name))) {
    const rest = cookies.filter((each) => each.name !== name)
    const cookie = rest.map((each) => `${each.name}=${each.value}`).join('; ')
    const { data } = await node.sessions.open(new Request(origin, { headers: { cookie } }))
    if ('decision' in data) expect(data['limit']).toBe('reached')
  }
})

test('monotonic writes: a later write counts, though the clock of its node is behind', async () => {
  await rounds(100, async (node, i) => {
    await node.visit(({ data }) => {
      data['last'] = i
    })
    expect((await node.look())['last']).toBe(i)
  })
})
