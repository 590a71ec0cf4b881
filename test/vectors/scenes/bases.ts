import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'

/** Sessions with one base, and cookies that are none of ours. */
export async function bases(): Promise<readonly Vector[]> {
  const first = new Player('first base')
  await first.visit(({ data }) => Object.assign(data, { cart: { apples: 2 }, theme: 'dark' }))
  const found = [await first.vector('What the first write of a session leaves.')]

  const subject = new Player('only a subject')
  await subject.visit((session) => {
    session.subject = 'user-1'
  })
  found.push(await subject.vector('A login without any data. Its generation counts seconds.'))

  const domain = new Player('domain', { prefix: '__Secure-', cookieName: 'shop-1' })
  await domain.visit(({ data }) => Object.assign(data, { a: 1 }))
  found.push(await domain.vector('Another name, and a prefix for cookies with a Domain.'))

  const plain = new Player('plain http', { prefix: '' })
  await plain.visit(({ data }) => Object.assign(data, { a: 1 }))
  found.push(await plain.vector('No prefix: development over plain http.'))

  const crowd = new Player('among others')
  await crowd.visit(({ data }) => Object.assign(data, { a: 1 }))
  const own = crowd.header()
  const others = 'a=1; session.00000000=x; __Host-session=x; __Host-sessions.00000000=x; q="b=c"'
  found.push(
    await crowd.vector(
      'Cookies of others, blanks, and one with our name but no id of ours.',
      `${others};   ${own} ;__Host-session.12345=x; =`,
    ),
  )
  const twice = new Player('one name twice')
  await twice.visit(({ data }) => Object.assign(data, { a: 1 }))
  const [id = ''] = twice.cookies().keys()
  found.push(
    await twice.vector(
      'Of two cookies with one name the first in the header counts.',
      `${twice.header()}; __Host-session.${id}=other`,
    ),
  )
  const none = new Player('no cookies')
  found.push(await none.vector('No session.', 'a=1'))
  return found
}
