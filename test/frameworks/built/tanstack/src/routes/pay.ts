import { createFileRoute } from '@tanstack/react-router'
import { withSession } from '../session'

export const Route = createFileRoute('/pay')({
  server: {
    middleware: [withSession],
    handlers: {
      POST: ({ context }) => {
        context.session.data.cart = {}
        throw new Error('The payment failed.') // so the cart stays as it was
      },
    },
  },
})
