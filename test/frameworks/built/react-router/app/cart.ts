import type { LoaderFunctionArgs } from 'react-router'
import { sessionContext } from './session.server'

export const loader = ({ context }: LoaderFunctionArgs) =>
  Response.json(context.get(sessionContext).data.cart)
