import type { RequestHandler } from '@sveltejs/kit'

export const POST: RequestHandler = ({ locals, params }) => {
  locals.session.data.cart[params.sku ?? ''] = 1
  return new Response('ok')
}
