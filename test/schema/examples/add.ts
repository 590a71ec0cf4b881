import { z } from 'zod'

const cart = z.record(z.string(), z.number())

export const release1 = {
  options: {
    schema: z.object({ cart }),
    initial: () => ({ cart: {} }),
  },
}

export const release2 = {
  options: {
    schema: z.object({ cart, coupon: z.string().default('') }),
    initial: () => ({ cart: {}, coupon: '' }),
  },
  set: (data: { coupon: string }, coupon: string) => {
    data.coupon = coupon
  },
  get: (data: { coupon: string }) => data.coupon,
}
