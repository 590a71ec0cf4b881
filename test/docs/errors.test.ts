/** docs/errors.md and docs/troubleshooting.md, against the code. */
import { expect, test } from 'vitest'
import { createSessions } from '../../src/index.ts'
import { errorOf, SECRET } from '../support/visitor.ts'

const texts: Record<string, string> = import.meta.glob(
  ['../../docs/{errors,troubleshooting}.md', '../../src/{errors,events}.ts'],
  { query: '?raw', import: 'default', eager: true },
)
const text = (path: string): string => texts[`../../${path}`] ?? expect.fail(path)

const sections = (markdown: string): Map<string, string> =>
  new Map(
    markdown
      .split(/^##? /m)
      .slice(1)
      .map((part) => [part.split('\n', 1)[0] ?? '', part.slice(part.indexOf('\n')).trim()]),
  )

test('each code of an error and each event has a section, and nothing else has', () => {
  const [, codes = ''] = /type CarryonErrorCode =([^/]*)/.exec(text('src/errors.ts')) ?? []
  const errors = [...codes.matchAll(/'(ERR_\w+)'/g)].map(([, code]) => code)
  const [, union = ''] = text('src/events.ts').split('type SessionEvent =')
  const events = [...union.matchAll(/readonly type: '([\w-]+)'/g)].map(([, type]) => type)
  expect([errors.length, events.length]).toEqual([9, 25])
  const found = sections(text('docs/errors.md'))
  const titles = ['Errors and events', 'Events']
  expect([...found.keys()].filter((name) => !titles.includes(name))).toEqual([...errors, ...events])
  for (const [name, body] of found) expect([name, body.length > 20]).toEqual([name, true])
})

test('each error section names the class that has the code', () => {
  const [, table = ''] = /const NAMES[^=]*= \{([^}]*)\}/.exec(text('src/errors.ts')) ?? []
  const found = sections(text('docs/errors.md'))
  const names = [...table.matchAll(/(ERR_\w+): '(\w+)'/g)]
  expect(names).toHaveLength(9)
  for (const [, code = '', name = ''] of names)
    expect(found.get(code)?.startsWith(`\`${name}\``), code).toBe(true)
})

test('the messages in the headings of troubleshooting are those that are thrown', async () => {
  type Data = { list: number[]; cart: { text?: string; row?: object } }
  const initial = (): Data => ({ list: [], cart: {} })
  const sessions = createSessions<Data>({ secrets: SECRET, initial })
  const open = () => sessions.open(new Request('https://shop.example/'))
  const committed = await open()
  const { list } = committed.data
  await sessions.commit(committed, new Response())
  const save = async (change: (data: Data) => void) => {
    const session = await open()
    change(session.data)
    await sessions.commit(session, new Response())
  }
  class Row {}
  const thrown = await Promise.all(
    [
      async () => Object.assign(await open(), { user: 'ada' }),
      () => list.push(1),
      () => Object.assign(list, { length: 1 }),
      () => Reflect.get(Object({}), 'session').data,
      () => createSessions({ secrets: undefined }),
      async () => sessions.commit(await sessions.read(new Headers()), new Response()),
      () => save((data) => Object.assign(data.cart, { text: 'x'.repeat(9000) })),
      () => save((data) => Object.assign(data.cart, { row: new Row() })),
    ].map(errorOf),
  )
  const messages = thrown.map((error) => (error instanceof Error ? error.message : ''))
  const headings = [...text('docs/troubleshooting.md').matchAll(/^## `(.*)`$/gm)]
    .map(([, heading = '']) => heading)
    // Of a bundler and of the compiler.
    .filter((heading) => !/^process is|^Property /.test(heading))
  expect(headings).toHaveLength(7)
  for (const heading of headings) {
    const parts = heading.split('…').map((part) => part.trim())
    const found = messages.some((message) => parts.every((part) => message.includes(part)))
    expect([heading, found, messages]).toEqual([heading, true, messages])
  }
})
