import { describe, expect, test } from 'vitest'
import { type AnySessionOptions, createSessions } from '../../src/index.ts'
import { seeded } from '../support/random.ts'
import { Clock, SECRET, Shop, Visitor } from '../support/visitor.ts'
import * as add from './examples/add.ts'
import * as drop from './examples/drop.ts'
import * as rename from './examples/rename.ts'
import * as split from './examples/split.ts'

/** A release of an example. */
interface Release<Data extends object> {
  readonly options: Omit<AnySessionOptions<Data>, 'secrets'>
  readonly set?: (data: Data, text: string) => void
  readonly get?: (data: Data) => string
}

/** A request to a node: it counts, may write the text, and tells what it sees. */
type Visit = (visitor: Visitor, text?: string) => Promise<{ isNew: boolean; text?: string }>

function node<Data extends object>({ options, set, get }: Release<Data>, clock: Clock): Visit {
  const all = { ...options, secrets: SECRET, clock: clock.read } as AnySessionOptions<Data>
  const sessions = createSessions<Data>(all as Parameters<typeof createSessions<Data>>[0])
  return async (visitor, text) => {
    const session = await sessions.open(visitor.request())
    const { isNew } = session
    // The rest of the app goes on meanwhile.
    session.increment(['count'])
    if (text !== undefined) set?.(session.data, text)
    const shown = get ? { text: get(session.data) } : {}
    visitor.take(await sessions.commit(session, new Response()))
    return { isNew, ...shown }
  }
}

/** What a visitor has written, and how often it was there. */
interface Seen {
  readonly visitor: Visitor
  text: string | undefined
  count: number
}

/** Runs release after release: both of two at once, all of the new one, back to the old one, both again. */
async function rollOut(
  releases: readonly ((clock: Clock) => Visit)[],
  canWrite: (release: number) => boolean,
) {
  const random = seeded(5)
  const clock = new Clock()
  const all = Array.from({ length: 3 }, (): Seen => {
    return { visitor: new Visitor(clock), text: undefined, count: 0 }
  })
  const nodes = releases.map((start) => start(clock))
  async function visitSome(live: readonly number[], visits: number): Promise<void> {
    for (let i = 0; i < visits; i++) {
      clock.advance(random.below(20))
      const release = random.pick(live)
      const seen = random.pick(all)
      const writes = canWrite(release) && (seen.text === undefined || random.below(3) === 0)
      if (writes) seen.text = `Ada ${random.below(1000)} Lovelace`
      const visit = nodes[release]
      if (!visit) throw new Error('no such release')
      const { isNew, text } = await visit(seen.visitor, writes ? seen.text : undefined)
      expect(isNew).toBe(seen.count === 0)
      if (text !== undefined && seen.text !== undefined) expect(text).toBe(seen.text)
      seen.count++
    }
  }
  await visitSome([0], 9)
  for (let next = 1; next < releases.length; next++) {
    await visitSome([next - 1, next], 40)
    await visitSome([next], 20)
    await visitSome([next - 1], 20)
    await visitSome([next - 1, next], 40)
    await visitSome([next], 20)
  }
  const found = await Promise.all(all.map(({ visitor }) => new Shop({}, { clock, visitor }).look()))
  return found.map((data, i) => ({ data, text: all[i]?.text ?? '', count: all[i]?.count ?? 0 }))
}

describe('while two neighbouring releases are live, and rolled back,', () => {
  test('a field can be added', async () => {
    const releases = [
      (clock: Clock) => node(add.release1, clock),
      (clock: Clock) => node(add.release2, clock),
    ]
    for (const { data, text, count } of await rollOut(releases, (release) => release === 1))
      expect(data).toEqual({ cart: {}, coupon: text, count })
  })

  test('a field can be renamed', async () => {
    const releases = [
      (clock: Clock) => node(rename.release1, clock),
      (clock: Clock) => node(rename.release2, clock),
      (clock: Clock) => node(rename.release3, clock),
      (clock: Clock) => node(rename.release4, clock),
    ]
    for (const { data, text, count } of await rollOut(releases, () => true))
      expect(data).toMatchObject({ fullName: text, count })
  })

  test('a field can be split', async () => {
    const releases = [
      (clock: Clock) => node(split.release1, clock),
      (clock: Clock) => node(split.release2, clock),
      (clock: Clock) => node(split.release3, clock),
      (clock: Clock) => node(split.release4, clock),
    ]
    for (const { data, text, count } of await rollOut(releases, () => true)) {
      const [first, ...rest] = text.split(' ')
      expect(data).toMatchObject({ first, last: rest.join(' '), count })
    }
  })

  test('a field can be dropped', async () => {
    const releases = [
      (clock: Clock) => node(drop.release1, clock),
      (clock: Clock) => node(drop.release2, clock),
      (clock: Clock) => node(drop.release3, clock),
    ]
    for (const { data, count } of await rollOut(releases, () => false))
      expect(data).toEqual({ cart: {}, count })
  })

  test('leaving out the release in between loses what the old one writes', async () => {
    const releases = [
      (clock: Clock) => node(rename.release1, clock),
      (clock: Clock) => node(rename.release3, clock),
    ]
    await expect(rollOut(releases, () => true)).rejects.toThrow(/expected .* to be/)
  })
})

test('the examples stand in the page as they are tested', () => {
  const pages = import.meta.glob('../../docs/rolling-deploys.md', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const examples = import.meta.glob('./examples/*.ts', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const page = Object.values(pages).join()
  expect(Object.keys(examples)).toHaveLength(4)
  for (const text of Object.values(examples)) {
    const code = text.replace("import { z } from 'zod'\n\n", '').trim()
    expect(page).toContain(`\`\`\`ts\n${code}\n\`\`\`\n`)
  }
})
