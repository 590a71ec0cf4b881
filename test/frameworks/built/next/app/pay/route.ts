import { sessions } from '../../sessions'

export const POST = sessions.handle((_request, session) => {
  session.data.cart = {}
  throw new Error('The payment failed.') // so the cart stays as it was
})
