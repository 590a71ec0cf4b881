import { z } from 'zod'

const cart = z.record(z.string(), z.number())

export const release1 = {
  options: {
    version: 1,
    schema: z.object({ cart, banner: z.string() }),
    initial: () => ({ cart: {}, banner: 'unseen' }),
  },
}

// Does without it, and still gives it to new sessions, for release 1.
export const release2 = {
  options: {
    version: 1,
    schema: z.object({ cart, banner: z.string().optional() }),
    initial: () => ({ cart: {}, banner: 'unseen' }),
  },
}

// Takes it out.
export const release3 = {
  options: {
    version: 2,
    migrate: { 1: ({ banner: _, ...rest }: Record<string, unknown>) => rest },
    schema: z.object({ cart }),
    initial: () => ({ cart: {} }),
  },
}
