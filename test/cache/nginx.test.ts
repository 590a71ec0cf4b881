import { serve } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../../src/testing/browser.ts'
import { hasNginx, type Nginx, startNginx } from './nginx.ts'
import { leaks, pages, shop } from './pages.ts'

for (const careless of [false, true]) {
  describe.skipIf(!hasNginx)(
    `behind proxy_cache of nginx${careless ? ', told to ignore Set-Cookie and Vary' : ''}`,
    () => {
      let nginx: Nginx
      let server: ReturnType<typeof serve>
      const as = () => new Browser(nginx.origin)

      beforeAll(async () => {
        const upstream = await new Promise<string>((resolve) => {
          server = serve({ fetch: shop().fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
            resolve(`http://127.0.0.1:${port}`),
          )
        })
        nginx = await startNginx(upstream, careless)
      })

      afterAll(async () => {
        await nginx?.close()
        await new Promise((resolve) => server.close(resolve))
      })

      test(`no user sees another one's page, on any of ${pages.length} cacheable-looking ones`, async () => {
        expect(await leaks(as)).toEqual([])
      })

      test('what an app without such headers answers does leak: nginx does cache', async () => {
        const [alice, bob] = [as(), as()]
        await alice.post('/login/alice')
        await bob.post('/login/bob')
        const first = await (await alice.get('/naive')).text()
        const second = await bob.get('/naive')
        expect(second.headers.get('X-Cache')).toBe('HIT')
        expect(await second.text()).toBe(first)
      })

      test('a page that does not touch the session is cached', async () => {
        const alice = as()
        await alice.post('/login/alice')
        const asset = await alice.get('/asset')
        const again = await as().get('/asset')
        expect(again.headers.get('X-Cache')).toBe('HIT')
        expect(await again.text()).toBe(await asset.text())
      })
    },
  )
}
