import { sessions } from '../../../sessions'

type Route = { params: Promise<{ sku: string }> }

export const POST = sessions.handle(async (_request, session, { params }: Route) => {
  session.data.cart[(await params).sku] = 1
  return new Response('ok')
})
