/** Over HTTPS and HTTP/2, where Chromium sends as many requests at once as a page likes. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PUBLIC_HOST } from './chromium.ts'
import { openTab, type Tab } from './tab.ts'
import { startTlsFront, type TlsFront } from './tls-front.ts'

const PARALLEL = 20
let front: TlsFront

beforeAll(async () => {
  front = await startTlsFront(inject('clusterUrl'), PUBLIC_HOST)
})

afterAll(() => front?.close())

/** Not the page itself: what it asks the cluster is for this machine only. */
const visit = (): Promise<Tab> => openTab(`${front.url}/style.css`)

describe('over https', () => {
  it('the cookies are __Host-, Secure and HttpOnly, and hidden from the page', async () => {
    const tab = await visit()
    await tab.call('/api/login')
    await tab.call('/test/set?key=k&bytes=20000')
    await tab.atOnce(Array.from({ length: 5 }, () => ({ path: '/api/increment/hits' })))
    const cookies = await tab.context.cookies()
    expect(cookies.length).toBeGreaterThan(1)
    for (const cookie of cookies) {
      expect(cookie.name).toMatch(/^__Host-session\./)
      expect(cookie).toMatchObject({
        domain: PUBLIC_HOST,
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'Lax',
      })
    }
    expect(await tab.page.evaluate(() => document.cookie)).toBe('')
    await tab.expectNoneTooBig()
  })

  it('a cookie of more than 4,096 bytes never appears, which is what all this is for', async () => {
    const tab = await visit()
    for (const bytes of [4_096, 4_097]) {
      expect((await tab.call(`/__front/cookie?bytes=${bytes}`, 'GET')).status).toBe(200)
    }
    const sent = (await Promise.all(tab.sent)).flat()
    expect(sent.map((pair) => pair.length)).toEqual([4_096, 4_097])
    const names = (await tab.context.cookies()).map(({ name }) => name)
    expect(names).toEqual(['__Host-bytes-4096'])
  })

  it('twenty requests that are really parallel count 20, ten times over', async () => {
    const tab = await visit()
    await tab.call('/api/login')
    for (let burst = 1; burst <= 10; burst++) {
      const calls = Array.from({ length: PARALLEL }, (_, i) => ({
        path: `/api/increment/hits?delay=${(i * 37) % 90}`,
      }))
      for (const { status } of await tab.atOnce(calls)) expect(status).toBe(200)
      expect(await tab.report()).toMatchObject({ hits: PARALLEL * burst, user: { name: 'Ada' } })
    }
    const protocols = await tab.page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol),
    )
    expect(new Set(protocols)).toEqual(new Set(['h2']))
    expect(tab.refusals).toEqual([])
    await tab.expectNoneTooBig()
  })

  it('a logout stays one, whatever twenty slow requests answer later', async () => {
    const tab = await visit()
    await tab.call('/api/login')
    const paths = [
      '/api/increment/hits?',
      '/api/cart/socks?',
      '/api/login?name=Grace&',
      '/api/big?',
    ]
    const slow = Array.from({ length: PARALLEL }, (_, i) => ({
      path: `${paths[i % paths.length]}delay=${1_200 + i * 10}`,
    }))
    await tab.expectAnsweredFirst([{ path: '/api/logout', at: 100 }, ...slow])
    expect(await tab.report()).toMatchObject({ user: null, hits: 0, cart: {} })
  })

  it('a login stays one, whatever twenty slow anonymous requests answer later', async () => {
    const tab = await visit()
    const slow = Array.from({ length: PARALLEL }, (_, i) => ({
      path: `${i % 2 === 0 ? '/api/increment/hits' : '/api/cart/socks'}?delay=${1_200 + i * 10}`,
    }))
    await tab.expectAnsweredFirst([{ path: '/api/login', at: 100 }, ...slow])
    expect((await tab.report()).user?.name).toBe('Ada')
  })
})
