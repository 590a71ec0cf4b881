/** What every runtime has to do, with the package as it is published. */
import { createSessions, SessionCommitted } from 'carryon'
import { durableObjectMarks } from 'carryon/durable-object'
import { session } from 'carryon/hono'
import { memoryMarks, memoryStore } from 'carryon/memory'
import { clientErrorHandler, nodeSessions } from 'carryon/node'
import { Browser, cookieHeader } from 'carryon/testing'
import { unstorageStore } from 'carryon/unstorage'
import { workersKV } from 'carryon/workers-kv'
import { Hono } from 'hono'

const secrets = 'only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'
const options = {
  secrets,
  initial: () => ({ visits: 0, seen: new Set(), since: new Date(0) }),
  overflow: memoryStore(),
  revocation: { store: memoryMarks(), onUnavailable: 'deny' },
}

function equal(what, found, wanted) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (a !== b) throw new Error(`${what}: ${a} is not ${b}`)
}

/** Throws if anything is not as it should be. Returns what was tried. */
export async function smoke() {
  const app = new Hono()
  app.use(session(options))
  app.post('/visit/:n', (c) => {
    c.var.session.increment('visits')
    c.var.session.data.seen.add(c.req.param('n'))
    return c.text('ok')
  })
  app.post('/big', (c) => {
    c.var.session.data.big = 'x'.repeat(20_000)
    return c.text('ok')
  })
  app.post('/fail', (c) => {
    c.var.session.increment('visits')
    throw new Error('as planned')
  })
  app.onError((_error, c) => c.text('sorry', 500))
  app.post('/logout', (c) => {
    c.var.session.destroy()
    return c.text('ok')
  })
  app.get('/', (c) => {
    const { visits, seen, since, big } = c.var.session.data
    return c.json([visits, [...seen].sort(), since.getTime(), big?.length ?? 0])
  })
  const browser = new Browser('https://shop.example', { app })
  const look = async () => (await browser.get('/')).json()

  await browser.post('/visit/0')
  const answers = await Promise.all(
    ['1', '2', '3', '4', '5'].map((n) => browser.ask('POST', `/visit/${n}`)),
  )
  for (const answer of answers.reverse()) browser.take(answer)
  await browser.post('/fail')
  await browser.post('/big')
  equal('parallel writes', await look(), [6, ['0', '1', '2', '3', '4', '5'], 0, 20_000])
  const slow = await browser.hold('/visit/6', { method: 'POST' })
  await browser.post('/logout')
  slow.release()
  equal('logout', await look(), [0, [], 0, 0])

  const sessions = createSessions(options)
  const cookie = await cookieHeader(sessions, (each) => each.login('ada'))
  equal('login', (await sessions.read({ cookie })).subject, 'ada')
  await sessions.revoke({ subject: 'ada' })
  const late = await sessions.open({
    url: 'https://localhost/',
    method: 'GET',
    headers: { cookie },
  })
  await late.commit()
  let error
  try {
    late.increment('visits')
  } catch (thrown) {
    error = thrown
  }
  equal('committed', error instanceof SessionCommitted, true)
  const made = [durableObjectMarks, clientErrorHandler, nodeSessions, unstorageStore, workersKV]
  equal(
    'entries',
    made.map((each) => typeof each),
    made.map(() => 'function'),
  )
  return ['parallel writes', 'logout', 'login', 'committed', 'entries']
}
