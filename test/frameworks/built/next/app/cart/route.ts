import { sessions } from '../../sessions'

export const GET = sessions.handle((_request, session) => Response.json(session.data.cart))
