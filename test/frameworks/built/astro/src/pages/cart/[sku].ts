import type { APIRoute } from 'astro'

export const POST: APIRoute = ({ locals, params }) => {
  locals.visitor.data.cart[params['sku'] ?? ''] = 1
  return new Response('ok')
}
