import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { StandardSchema } from '../../src/index.ts'
import type { Loose } from '../support/visitor.ts'
import { bare, part, Site } from './support.ts'

const THEME = { theme: 'light', lang: 'en' }

const withPrefs: Readonly<Record<string, StandardSchema<Loose>>> = {
  zod: z.object({
    n: z.number(),
    prefs: z.object({ theme: z.string(), lang: z.string() }).default(THEME),
  }),
  valibot: v.object({
    n: v.number(),
    prefs: v.optional(v.object({ theme: v.string(), lang: v.string() }), THEME),
  }),
  arktype: type({
    n: 'number',
    prefs: type({ theme: 'string', lang: 'string' }).default(() => ({ ...THEME })),
  }),
}

async function siteWith(data: Loose): Promise<Site> {
  const site = new Site()
  await site.node().visit((session) => Object.assign(session.data, data))
  return site
}

describe.each(Object.entries(withPrefs))('a default object of %s', (_, schema) => {
  test('is stored with the first change inside of it, so that the session stays valid', async () => {
    const site = await siteWith({ n: 1 })
    const node = site.node({ schema })
    await node.visit(({ data }) => {
      part(data, 'prefs', THEME).theme = 'dark'
    })
    expect(await bare(site)).toEqual({ n: 1, prefs: { theme: 'dark', lang: 'en' } })
    await node.visit(({ data }) => {
      expect(data['prefs']).toEqual({ theme: 'dark', lang: 'en' })
    })
  })

  test('takes the changes of parallel requests to different parts, in any order', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const site = await siteWith({ n: 1 })
      const node = site.node({ schema })
      const requests = [await node.begin(), await node.begin()]
      for (const [i, request] of requests.entries()) {
        const prefs = part(request.session.data, 'prefs', THEME)
        if (i === 0) prefs.theme = 'dark'
        else prefs.lang = 'de'
      }
      for (const i of order) await requests[i]?.end()
      expect(await bare(site)).toEqual({ n: 1, prefs: { theme: 'dark', lang: 'de' } })
    }
  })

  test('goes along with a new id', async () => {
    const site = await siteWith({ n: 1 })
    await site.node({ schema }).visit((session) => {
      part(session.data, 'prefs', THEME).theme = 'dark'
      session.subject = 'ada'
    })
    expect(await bare(site)).toEqual({ n: 1, prefs: { theme: 'dark', lang: 'en' } })
  })

  test('is not stored by deleting it, or by a request that changes something else', async () => {
    const site = await siteWith({ n: 1 })
    const node = site.node({ schema })
    await node.visit(({ data }) => delete data['prefs'])
    expect(site.visitor.setCookies).toEqual([])
    await node.visit(({ data }) => {
      data['n'] = 2
    })
    expect(await bare(site)).toEqual({ n: 2 })
  })
})

describe('what only the schema shows is stored whole where a change needs it', () => {
  test('by increment(), which counts on, in parallel too', async () => {
    const schema = z.object({
      stats: z.object({ hits: z.number(), since: z.number() }).default({ hits: 0, since: 7 }),
    })
    const site = await siteWith({ x: 1 })
    const node = site.node({ schema })
    const requests = await Promise.all(Array.from({ length: 5 }, () => node.begin()))
    for (const { session } of requests) session.increment('stats.hits')
    for (const { end } of requests) await end()
    expect(await bare(site)).toEqual({ x: 1, stats: { hits: 5, since: 7 } })
  })

  test('inside of an item', async () => {
    const option = z.object({ gift: z.boolean(), note: z.string() })
    const schema = z.object({
      cart: z.record(
        z.string(),
        z.object({ n: z.number(), option: option.default({ gift: false, note: '' }) }),
      ),
    })
    const site = await siteWith({ cart: { a: { n: 1, hidden: true } } })
    const node = site.node({ schema })
    await node.visit(({ data }) => {
      const { a } = part(data, 'cart', { a: { option: { gift: false } } })
      a.option.gift = true
    })
    const stored = { n: 1, hidden: true, option: { gift: true, note: '' } }
    expect(await bare(site)).toEqual({ cart: { a: stored } })
    expect(await node.look()).toMatchObject({ cart: { a: { option: { gift: true, note: '' } } } })
  })

  test('in the place of a text that it makes an object of', async () => {
    const name = z.object({ first: z.string(), last: z.string() })
    const schema = z.object({
      name: z.preprocess((given) => {
        if (typeof given !== 'string') return given
        const [first, last] = given.split(' ')
        return { first, last }
      }, name),
    })
    const site = await siteWith({ name: 'Ada Lovelace' })
    const node = site.node({ schema })
    await node.visit(({ data }) => {
      part(data, 'name', { first: '' }).first = 'Augusta'
    })
    expect(await bare(site)).toEqual({ name: { first: 'Augusta', last: 'Lovelace' } })
  })

  test('without what it hides, such as a key $, which stays', async () => {
    const schema = z.object({ o: z.object({ a: z.number(), b: z.number() }) })
    const site = await siteWith({ o: { $: 1, a: 1, b: 3 } })
    await site.node({ schema }).visit(({ data }) => {
      part(data, 'o', { a: 0 }).a = 2
    })
    expect(await bare(site)).toEqual({ o: { $: 1, a: 2, b: 3 } })
  })

  test('of a list that it makes longer', async () => {
    const schema = z.object({
      list: z.array(z.string()).transform((list) => (list.length > 0 ? list : ['home'])),
    })
    const site = await siteWith({ list: [] })
    const node = site.node({ schema })
    await node.visit(({ data }) => part(data, 'list', ['']).push('x'))
    expect(await node.look()).toEqual({ list: ['home', 'x'] })
  })
})
