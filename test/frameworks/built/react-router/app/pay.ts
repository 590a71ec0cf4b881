import type { ActionFunctionArgs } from 'react-router'
import { sessionContext } from './session.server'

export const action = ({ context }: ActionFunctionArgs) => {
  context.get(sessionContext).data.cart = {}
  throw new Error('The payment failed.') // so the cart stays as it was
}
