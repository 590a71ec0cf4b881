import { json, type RequestHandler } from '@sveltejs/kit'

export const GET: RequestHandler = ({ locals }) => json(locals.session.data.cart)
