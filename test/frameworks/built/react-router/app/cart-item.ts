import type { ActionFunctionArgs } from 'react-router'
import { sessionContext } from './session.server'

export const action = ({ context, params }: ActionFunctionArgs) => {
  context.get(sessionContext).data.cart[params['sku'] ?? ''] = 1
  return new Response('ok')
}
