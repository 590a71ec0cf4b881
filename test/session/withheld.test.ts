/** What a session is told of requests whose cookies the browser withholds. */
import { expect, test } from 'vitest'
import { ORDINARY } from '../../src/http/facts.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { SessionRequest } from '../../src/session/request.ts'
import { SECRET, Shop } from '../support/visitor.ts'

const OPTIONS = resolveOptions({ secrets: SECRET, clock: new Shop().clock.read })
const WITHHELD = { ...ORDINARY, isWithheld: true }

async function isWithheld(cookies: string, facts = WITHHELD): Promise<boolean> {
  const { secure } = OPTIONS.cookies
  const request = await SessionRequest.open(cookies, secure, OPTIONS, { facts })
  return request.look().opened.isWithheld
}

test('a request of another site without our cookies may hide a session', async () => {
  expect(await isWithheld('')).toBe(true)
  expect(await isWithheld('theme=dark; __Host-session.garbage=x')).toBe(true)
})

test('a request that came with one of our cookies hides none', async () => {
  const shop = new Shop()
  await shop.visit(({ data }) => {
    data['a'] = 1
  })
  expect(await isWithheld(shop.visitor.cookie)).toBe(false)
  await shop.visit((session) => session.destroy())
  expect(shop.visitor.cookie).not.toBe('')
  expect(await isWithheld(shop.visitor.cookie)).toBe(false)
})

test('all others hide none', async () => {
  expect(await isWithheld('', ORDINARY)).toBe(false)
})
