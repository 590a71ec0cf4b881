import { describe, expect, test } from 'vitest'
import { createSessions } from '../../src/index.ts'
import { Browser } from '../../src/testing/browser.ts'
import { Clock, ORIGIN, SECRET, Visitor } from '../support/visitor.ts'
import { leaks, pages, shop } from './pages.ts'
import { SharedCache } from './shared-cache.ts'

function visitors(vary: boolean) {
  const app = shop()
  const cache = new SharedCache((request) => app.fetch(request), vary)
  return { cache, as: () => new Browser(ORIGIN, { app: (request) => cache.fetch(request) }) }
}

for (const vary of [true, false]) {
  describe(`behind a shared cache that ${vary ? 'looks at' : 'ignores'} Vary`, () => {
    test(`no user sees another one's page, on any of ${pages.length} cacheable-looking ones`, async () => {
      const { as, cache } = visitors(vary)
      expect(await leaks(as)).toEqual([])
      expect(cache.hits).toBe(0)
    })

    test('what an app without such headers answers would leak: the cache does cache', async () => {
      const { as } = visitors(vary)
      const [alice, bob] = [as(), as()]
      await alice.post('/login/alice')
      await bob.post('/login/bob')
      const first = await (await alice.get('/naive')).text()
      expect(await (await bob.get('/naive')).text()).toBe(first)
    })

    test('a page that does not touch the session is cached, and is left as the app made it', async () => {
      const { as, cache } = visitors(vary)
      const alice = as()
      await alice.post('/login/alice')
      const asset = await alice.get('/asset')
      expect(asset.headers.get('Vary')).toBeNull()
      expect(asset.headers.get('Cache-Control')).toBe('public, max-age=600, s-maxage=600')
      expect(asset.headers.getSetCookie()).toEqual([])
      expect(await (await as().get('/asset')).text()).toBe(await asset.text())
      expect(cache.hits).toBe(1)
    })
  })
}

describe('the headers of a response for which the session was read', () => {
  async function headersOf(app: Record<string, string>, cacheControl?: string | false) {
    const sessions = createSessions({
      secrets: SECRET,
      ...(cacheControl === undefined ? {} : { cacheControl }),
    })
    const respond = sessions.handle((_, session) => {
      session.data['seen'] = true
      return new Response('ok', { headers: app })
    })
    return (await new Visitor(new Clock()).send(respond)).headers
  }

  for (const [app, option, result] of [
    ['no-store', undefined, 'no-store'],
    ['private, no-store, max-age=0', undefined, 'private, no-store, max-age=0'],
    ['no-cache', undefined, 'private, no-store'],
    ['no-cache', 'private', 'private, no-cache'],
    ['public, no-cache, must-revalidate', 'private', 'private, no-cache, must-revalidate'],
    ['max-age=0', 'private, max-age=60', 'private, max-age=0'],
    ['max-age=600', 'private, max-age=60', 'private, max-age=60'],
    ['no-store', 'private', 'no-store'],
    ['private, no-cache', 'private', 'private, no-cache'],
  ] as const) {
    test(`never loosen Cache-Control ${app} of the app${option ? ` with the option ${option}` : ''}`, async () => {
      expect((await headersOf({ 'Cache-Control': app }, option)).get('Cache-Control')).toBe(result)
    })
  }

  test('have no header left that overrides Cache-Control for a CDN, unless it forbids as well', async () => {
    for (const name of [
      'CDN-Cache-Control',
      'Cloudflare-CDN-Cache-Control',
      'Surrogate-Control',
      'X-Accel-Expires',
    ]) {
      expect((await headersOf({ [name]: 'max-age=600' })).get(name)).toBeNull()
      expect((await headersOf({ [name]: 'no-store' })).get(name)).toBe('no-store')
      expect((await headersOf({ [name]: 'max-age=600' }, false)).get(name)).toBe('max-age=600')
    }
    expect((await headersOf({ 'X-Accel-Expires': '0' })).get('X-Accel-Expires')).toBe('0')
  })
})
