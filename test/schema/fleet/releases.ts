/** Two releases of a shop: the second one knows more of the session than the first. */
import * as v from 'valibot'
import { z } from 'zod'
import type { SessionOptions } from '../../../src/index.ts'

export type Release = 'N' | 'N+1'

const schemaN = z.object({
  user: z.object({ name: z.string(), visits: z.number() }),
  cart: z.record(z.string(), z.number()),
  notes: z.array(z.string()),
})

const schemaNPlus1 = v.object({
  user: v.object({ name: v.string(), visits: v.number(), locale: v.string() }),
  cart: v.record(v.string(), v.number()),
  notes: v.array(v.string()),
  prefs: v.object({ theme: v.picklist(['light', 'dark']), flags: v.record(v.string(), v.date()) }),
  wishes: v.record(v.string(), v.object({ added: v.bigint() })),
  essay: v.string(),
})

export type DataN = z.infer<typeof schemaN>
export type DataNPlus1 = v.InferOutput<typeof schemaNPlus1>

export function initialN(): DataN {
  return { user: { name: 'guest', visits: 0 }, cart: {}, notes: [] }
}

export function initialNPlus1(): DataNPlus1 {
  const { user, ...rest } = initialN()
  return {
    ...rest,
    user: { ...user, locale: 'en' },
    prefs: { theme: 'light', flags: {} },
    wishes: {},
    essay: '',
  }
}

/** The part of the data that the older release knows. */
export function knownToN({ user: { name, visits }, cart, notes }: DataNPlus1): DataN {
  return { user: { name, visits }, cart, notes }
}

type Own<Data extends object> = Pick<
  SessionOptions<Data>,
  'schema' | 'version' | 'migrate' | 'initial'
>

export const optionsN: Own<DataN> = { schema: schemaN, version: 1, initial: initialN }

export const optionsNPlus1: Own<DataNPlus1> = {
  schema: schemaNPlus1,
  version: 2,
  initial: initialNPlus1,
  migrate: {
    1: ({ user, ...rest }) => {
      const { prefs, wishes, essay } = initialNPlus1()
      return { ...rest, user: { ...Object(user), locale: 'en' }, prefs, wishes, essay }
    },
  },
}
