import { createFileRoute } from '@tanstack/react-router'
import { withSession } from '../session'

export const Route = createFileRoute('/cart')({
  server: {
    middleware: [withSession],
    handlers: { GET: ({ context }) => Response.json(context.session.data.cart) },
  },
})
