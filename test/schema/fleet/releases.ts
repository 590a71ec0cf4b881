/** Two releases of a shop: the second one knows more of the session than the first. */
import * as v from 'valibot'
import { z } from 'zod'
import type { SessionOptions } from '../../../src/index.ts'

export type Release = 'N' | 'N+1'

const schemaN = z.object({
  user: z.object({ name: z.string(), visits: z.number() }),
  cart: z.record(z.string(), z.number()),
  notes: z.array(z.string()),
  items: z.array(z.object({ id: z.string(), qty: z.number() })),
  marks: z.map(z.string(), z.object({ n: z.number() })),
})

const schemaNPlus1 = v.object({
  user: v.object({ name: v.string(), visits: v.number(), locale: v.string() }),
  cart: v.record(v.string(), v.number()),
  notes: v.array(v.string()),
  // The older release puts in elements and values without the new field.
  items: v.array(v.object({ id: v.string(), qty: v.number(), gift: v.optional(v.string(), '') })),
  marks: v.map(v.string(), v.object({ n: v.number(), by: v.optional(v.string(), '') })),
  prefs: v.object({ theme: v.picklist(['light', 'dark']), flags: v.record(v.string(), v.date()) }),
  wishes: v.record(v.string(), v.object({ added: v.bigint() })),
  essay: v.string(),
})

export type DataN = z.infer<typeof schemaN>
export type DataNPlus1 = v.InferOutput<typeof schemaNPlus1>

export function initialN(): DataN {
  return { user: { name: 'guest', visits: 0 }, cart: {}, notes: [], items: [], marks: new Map() }
}

export function initialNPlus1(): DataNPlus1 {
  const { user, cart, notes } = initialN()
  return {
    cart,
    notes,
    items: [],
    marks: new Map(),
    user: { ...user, locale: 'en' },
    prefs: { theme: 'light', flags: {} },
    wishes: {},
    essay: '',
  }
}

/** The part of the data that the older release knows. */
export function knownToN({ user, cart, notes, items, marks }: DataNPlus1): DataN {
  return {
    user: { name: user.name, visits: user.visits },
    cart,
    notes,
    items: items.map(({ id, qty }) => ({ id, qty })),
    marks: new Map(Array.from(marks, ([key, { n }]) => [key, { n }])),
  }
}

type Own<Data extends object> = Pick<
  SessionOptions<Data>,
  'schema' | 'version' | 'migrate' | 'initial'
>

export const optionsN: Own<DataN> = { schema: schemaN, version: 1, initial: initialN }

/** What the migration changes, as the older release left it. */
const before = z.object({
  user: z.looseObject({}),
  items: z.array(z.looseObject({})),
  marks: z.map(z.string(), z.looseObject({})),
})

export const optionsNPlus1: Own<DataNPlus1> = {
  schema: schemaNPlus1,
  version: 2,
  initial: initialNPlus1,
  migrate: {
    1: (data) => {
      const { user, items, marks } = before.parse(data)
      const { prefs, wishes, essay } = initialNPlus1()
      return {
        ...data,
        user: { ...user, locale: 'en' },
        items: items.map((item) => ({ gift: '', ...item })),
        marks: new Map(Array.from(marks, ([key, mark]) => [key, { by: '', ...mark }])),
        prefs,
        wishes,
        essay,
      }
    },
  },
}
