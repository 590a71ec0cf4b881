import type { RequestHandler } from '@sveltejs/kit'

export const POST: RequestHandler = ({ locals }) => {
  locals.session.data.cart = {}
  throw new Error('The payment failed.') // so the cart stays as it was
}
