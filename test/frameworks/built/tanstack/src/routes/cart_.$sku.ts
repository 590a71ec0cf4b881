import { createFileRoute } from '@tanstack/react-router'
import { withSession } from '../session'

export const Route = createFileRoute('/cart_/$sku')({
  server: {
    middleware: [withSession],
    handlers: {
      POST: ({ context, params }) => {
        context.session.data.cart[params.sku] = 1
        return new Response('ok')
      },
    },
  },
})
