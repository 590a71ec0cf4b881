import type { APIRoute } from 'astro'

export const POST: APIRoute = ({ locals }) => {
  locals.visitor.data.cart = {}
  throw new Error('The payment failed.') // so the cart stays as it was
}
