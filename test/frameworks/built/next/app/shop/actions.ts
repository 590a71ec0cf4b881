'use server'

import { cookies, headers } from 'next/headers'
import { sessions } from '../../sessions'

/** A server action: it has no Response, but cookies that can be set one by one. */
export async function add(form: FormData) {
  const { method, url, headers: given } = await incoming()
  const session = await sessions.open({ method, url, headers: given })
  session.data.cart[String(form.get('sku'))] = 1
  const jar = await cookies()
  for (const { name, value, options } of await sessions.cookies(session))
    jar.set(name, value, options)
}

async function incoming() {
  const given = await headers()
  const scheme = given.get('x-forwarded-proto') ?? 'https'
  return { method: 'POST', url: `${scheme}://${given.get('host')}/`, headers: given }
}
