/** skills/carryon/SKILL.md, which assistants read: its app does what it says, and it names what there is. */
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { SECRET } from '../support/visitor.ts'
import { app } from './examples/skill.ts'
import { visitor } from './visitor.ts'

const texts: Record<string, string> = import.meta.glob(
  ['../../skills/carryon/SKILL.md', '../../package.json', '../../src/{errors,session/session}.ts'],
  { query: '?raw', import: 'default', eager: true },
)
const text = (path: string): string => texts[`../../${path}`] ?? expect.fail(path)
const skill = text('skills/carryon/SKILL.md')

/** As much of a KV namespace as the app needs. */
function namespace() {
  const store = memoryStore()
  return {
    get: async (key: string) => (await store.get(key)) ?? null,
    put: (key: string, value: string, { expirationTtl }: { expirationTtl: number }) =>
      store.put(key, value, expirationTtl),
  }
}

test('the app logs in, counts, shows messages once, stores what is big, and logs out', async () => {
  const env = { SESSION_SECRETS: SECRET, SESSIONS: namespace() }
  const browser = visitor({ request: (request) => app.request(request, undefined, env) })
  const look = async () => (await browser('/')).json()
  const headers = { Origin: 'http://localhost' }
  const post = { method: 'POST', headers }
  const put = (bytes: number) =>
    browser('/draft', { method: 'PUT', headers, body: 'x'.repeat(bytes) })

  await Promise.all([browser('/cart/tea', post), browser('/cart/tea', post)])
  expect(await look()).toEqual({ user: null, cart: { tea: 2 }, notice: 'It is in your cart.' })
  expect(await look()).toMatchObject({ notice: null })
  const body = new URLSearchParams({ name: 'ada', password: 'right' })
  await browser('/login', { ...post, body })
  expect(await look()).toMatchObject({ user: 'ada', cart: { tea: 2 } })
  const draft = await put(20_000)
  expect(draft.status).toBe(204)
  const header = draft.headers.getSetCookie().join('').length
  expect(header).toBeLessThan(2_000)
  expect((await put(300_000)).status).toBe(413)
  expect((await browser('/draft', { method: 'PUT', body: 'x' })).status).toBe(403)
  await browser('/cart/tea', { method: 'DELETE' })
  expect(await look()).toMatchObject({ user: 'ada', cart: {} })
  await browser('/logout', post)
  expect(await look()).toEqual({ user: null, cart: {}, notice: 'Goodbye.' })
})

test('has the front matter by which assistants find it, and is shipped', () => {
  const [, head = ''] = /^---\n(.*?)\n---\n/s.exec(skill) ?? []
  expect(head).toMatch(/^name: carryon$/m)
  expect(/^description: (.*)$/m.exec(head)?.[1]?.length).toBeGreaterThan(100)
  expect(JSON.parse(text('package.json')).files).toEqual(
    expect.arrayContaining(['skills', 'docs', 'llms.txt']),
  )
})

test('names only what there is: codes, entries of the package, members of the session', () => {
  const { exports } = JSON.parse(text('package.json')) as { exports: object }
  for (const [, code = ''] of skill.matchAll(/\b(ERR_[A-Z_]+)/g))
    expect(text('src/errors.ts')).toContain(`'${code}'`)
  for (const [, entry = ''] of skill.matchAll(/'carryon\/([\w-]+)'/g))
    expect(Object.keys(exports)).toContain(`./${entry}`)
  const members = [...skill.matchAll(/\bsession\.([a-z]\w+)/g)].map(([, name = '']) => name)
  expect(members.length).toBeGreaterThan(5)
  for (const member of members)
    expect(text('src/session/session.ts')).toMatch(
      new RegExp(`^ {2}(?:get |async )?${member}\\b`, 'm'),
    )
})
