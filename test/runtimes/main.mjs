/** On runtimes that have `node:http`: the same, and a server. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createSessions } from 'carryon'
import { nodeSessions } from 'carryon/node'
import { Browser } from 'carryon/testing'
import { smoke } from './smoke.mjs'

const secrets = 'only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'

/** A server: parallel writes, a stream, a handler that fails. */
async function serve() {
  const onNode = nodeSessions(createSessions({ secrets, initial: () => ({ visits: 0 }) }))
  const server = createServer(
    onNode.handle(
      async ({ url }, response, session) => {
        if (url === '/') return response.end(String(session.data.visits))
        session.increment('visits')
        if (url === '/fail') throw new Error('as planned')
        response.writeHead(200, { 'Content-Type': 'text/plain' })
        for (const part of ['a', 'b', 'c']) response.write(part)
        return response.end('d')
      },
      (_error, _request, response) => response.writeHead(500).end('sorry'),
    ),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const browser = new Browser(`http://127.0.0.1:${server.address().port}`)
  await browser.post('/visit')
  const answers = await Promise.all(['/1', '/2', '/3'].map((path) => browser.ask('POST', path)))
  const texts = await Promise.all(answers.map((answer) => browser.take(answer).text()))
  const failed = await browser.post('/fail')
  const visits = await (await browser.get('/')).text()
  server.close()
  const found = [...texts, failed.status, visits].join()
  if (found !== 'abcd,abcd,abcd,500,4') throw new Error(`node:http: ${found}`)
  return ['node:http']
}

console.log(JSON.stringify([...(await smoke()), ...(await serve())]))
process.exit(0)
