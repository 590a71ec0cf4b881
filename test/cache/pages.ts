/** An app whose pages look as if anybody could have them, and the visits that show whether that is so. */
import { Hono } from 'hono'
import { type SessionVariables, session } from '../../src/hono.ts'
import type { Browser } from '../../src/testing/browser.ts'
import { SECRET } from '../support/visitor.ts'

type Data = { name: string; visits: number }

const ANYBODY = 'public, max-age=600, s-maxage=600'

/** What the app itself says about its personal pages. */
export const personal: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/nothing': {},
  '/public': { 'Cache-Control': ANYBODY },
  '/shared': { 'Cache-Control': 's-maxage=600' },
  '/private': { 'Cache-Control': 'private, max-age=600' },
  '/expires': { Expires: new Date(Date.now() + 600_000).toUTCString() },
  '/cdn': { 'CDN-Cache-Control': 'max-age=600', 'Surrogate-Control': 'max-age=600' },
  '/accel': { 'X-Accel-Expires': '600', 'Cache-Control': ANYBODY },
  '/vary': { Vary: 'Accept-Encoding', 'Cache-Control': ANYBODY },
}

/** The pages that are not there for anybody: each shows whose session it read. */
export const pages = [
  ...Object.keys(personal),
  '/raw',
  '/redirect',
  '/missing',
  '/write',
  '/throws',
]

export function shop(): Hono<{ Variables: SessionVariables<Data> }> {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets: SECRET, initial: () => ({ name: 'nobody', visits: 0 }) }))
  for (const [path, headers] of Object.entries(personal)) {
    app.get(path, (c) => c.text(`for ${c.var.session.data.name}`, 200, headers))
  }
  const cacheable = { headers: { 'Cache-Control': ANYBODY } }
  app.get('/raw', (c) => new Response(`for ${c.var.session.data.name}`, cacheable))
  app.get('/redirect', (c) =>
    Response.redirect(new URL(`/of/${c.var.session.data.name}`, c.req.url)),
  )
  app.get('/missing', (c) => c.text(`for ${c.var.session.data.name}`, 404, cacheable.headers))
  app.get('/write', (c) => {
    c.var.session.data.visits++
    return c.text(`for ${c.var.session.data.name}`, 200, cacheable.headers)
  })
  app.get('/throws', (c) => {
    throw new Error(c.var.session.data.name)
  })
  app.onError((error, c) => c.text(`for ${error.message}`, 500, cacheable.headers))
  app.post('/login/:name', (c) => {
    c.var.session.data.name = c.req.param('name')
    c.var.session.subject = c.req.param('name')
    return c.text('ok')
  })
  // What others do: without the library nothing tells the cache whose page this is.
  app.get('/naive', (c) => c.text(`with ${c.req.header('Cookie')}`, 200, cacheable.headers))
  app.get('/asset', (c) => c.text(`asset ${count++}`, 200, { 'Cache-Control': ANYBODY }))
  return app
}

let count = 0

/** Pages that showed somebody something of another one's: paths, with whom they were for. */
export async function leaks(as: () => Browser): Promise<string[]> {
  const names = ['alice', 'bob', 'nobody']
  const visitors = await Promise.all(
    names.map(async (name) => {
      const browser = as()
      if (name !== 'nobody') await browser.post(`/login/${name}`)
      return { name, browser }
    }),
  )
  const found: string[] = []
  for (let round = 0; round < 3; round++) {
    for (const path of pages) {
      for (const { name, browser } of visitors) {
        const response = await browser.get(path)
        const shown = `${await response.text()} ${response.headers.get('Location') ?? ''}`
        const others = names.filter((other) => other !== name)
        const whose = others.filter((other) => shown.includes(other))
        if (!shown.includes(name)) found.push(`${path} is not for ${name}: ${shown}`)
        for (const other of whose) found.push(`${path} shows ${name} what is for ${other}`)
      }
    }
  }
  return found
}
