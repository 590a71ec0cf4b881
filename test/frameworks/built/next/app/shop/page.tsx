import { headers } from 'next/headers'
import { sessions } from '../../sessions'
import { add } from './actions'

/** A page can read the session, and not change it: Next lets no page set cookies. */
export default async function Shop() {
  const { data } = await sessions.read(await headers())
  return (
    <form action={add}>
      <input name="sku" />
      <p id="cart">{Object.keys(data.cart).join(' ')}</p>
    </form>
  )
}
