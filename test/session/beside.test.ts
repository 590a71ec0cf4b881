import { describe, expect, test } from 'vitest'
import { entryId } from '../../src/log/format/ids.ts'
import { ORIGIN, OTHER_SECRET, Shop, START } from '../support/visitor.ts'

describe('hostile cookies', () => {
  test('do not harm the session beside them, and go with the next write', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const id = entryId(START, (count) => new Uint8Array(count))
    const cookie = `__Host-session.${id}=garbage; ${shop.visitor.cookie}; a=b`
    const session = await shop.sessions.open(new Request(ORIGIN, { headers: { cookie } }))
    expect(session.data).toEqual({ a: 1 })
    session.data['a'] = 2
    const response = await shop.sessions.commit(session, new Response('ok'))
    expect(response.headers.getSetCookie()).toContain(
      `__Host-session.${id}=; Max-Age=0; Path=/; Secure`,
    )
  })

  test('sealed with an unknown secret are left alone: another node may know it', async () => {
    const shop = new Shop()
    const foreign = new Shop(
      { secrets: OTHER_SECRET },
      { visitor: shop.visitor, clock: shop.clock },
    )
    await foreign.visit(({ data }) => {
      data['theirs'] = 1
    })
    await shop.visit(({ data }) => {
      data['ours'] = 1
    })
    await shop.visit(({ data }) => {
      data['ours'] = 2
    })
    expect(await foreign.look()).toEqual({ theirs: 1 })
    expect(await shop.look()).toEqual({ ours: 2 })
  })

  test('with a prefix are not taken from where there is none, nor the other way round', async () => {
    const shop = new Shop()
    const other = new Shop()
    await other.visit(({ data }) => {
      data['a'] = 1
    })
    const [name = '', value = ''] = other.visitor.cookie.split('=')
    for (const [url, cookie] of [
      ['https://shop.example/', `${name.replace('__Host-', '')}=${value}`],
      ['http://localhost/', `${name}=${value}`],
      ['https://shop.example/', `${name.replace('__Host-', '__Secure-')}=${value}`],
      ['https://shop.example/', `${name.replace('__Host-', '__host-')}=${value}`],
    ] as const) {
      const session = await shop.sessions.open(new Request(url, { headers: { cookie } }))
      expect([cookie, session.isNew]).toEqual([cookie, true])
    }
    expect(shop.events).toEqual([])
  })
})
