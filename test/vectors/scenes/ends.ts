import type { Session } from '../../../src/session/session.ts'
import { FOREIGN_SECRET, Player, SECRET } from '../player.ts'
import type { Vector } from '../vector.ts'

const set =
  (key: string, value: unknown) =>
  ({ data }: { data: Record<string, unknown> }): void => {
    data[key] = value
  }
const end = (session: Session): void => session.destroy()
const login = (session: Session): void => {
  session.subject = 'user-1'
}

/** Which of several sessions counts, and how they end. */
export async function ends(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  const gone = new Player('tombstone')
  await gone.visit(set('a', 1))
  const before = gone.cookies()
  await gone.wait(10).visit(end)
  found.push(await gone.vector('A session that has ended.'))
  for (const [id, value] of before) gone.put(id, value)
  found.push({
    ...(await gone.vector('A slow answer brought the base back.')),
    name: 'tombstone and base',
  })
  await gone.wait(20).visit(set('b', 2))
  found.push({
    ...(await gone.vector('The next session, beside the tombstone.')),
    name: 'after the end',
  })

  const logged = new Player('login')
  await logged.visit(set('cart', 1))
  const anonymous = logged.cookies()
  const slow = await logged.open()
  await logged.wait(5).visit(login)
  found.push(
    await logged.vector('A new id, a subject, a generation that counts seconds, a lineage.'),
  )
  const deliver = await slow((session) => {
    session.regenerate()
    session.data['slow'] = true
  })
  for (const [id, value] of anonymous) logged.put(id, value)
  deliver()
  found.push({
    ...(await logged.vector('A slower regenerate() without the login loses.')),
    name: 'login and slower request',
  })

  const again = new Player('regenerated')
  await again.visit(set('a', 1))
  const old = again.cookies()
  await again.wait(5).visit((session) => session.regenerate())
  const middle = again.cookies()
  await again.wait(5).visit((session) => session.regenerate())
  for (const [id, value] of [...old, ...middle]) again.put(id, value)
  found.push(
    await again.vector('Twice; both older sessions came back. The highest generation counts.'),
  )

  const heirs = new Player('end of an ancestor')
  await heirs.visit(set('a', 1))
  const regenerate = await heirs.open()
  const destroy = await heirs.open()
  const first = await regenerate((session) => session.regenerate())
  const second = await destroy(end)
  second()
  first()
  found.push(
    await heirs.vector('It ended while a parallel request gave it a new id: that ends as well.'),
  )

  const saved = new Player('end of the anonymous session')
  await saved.visit(set('a', 1))
  const [entering, leaving] = [await saved.open(), await saved.open()]
  const entered = await entering(login)
  const left = await leaving(end)
  entered()
  left()
  found.push(await saved.vector('A slow logout of the anonymous session does not end the login.'))

  const starts = new Player('two starts')
  const [one, two] = [await starts.open(), await starts.wait(0.002).open()]
  const laterFirst = await two(set('a', 'later'))
  const earlier = await one(set('a', 'earlier'))
  laterFirst()
  earlier()
  found.push(await starts.vector('Two sessions that began at once are one, the earlier.'))

  const provisional = new Player('provisional', { secrets: [FOREIGN_SECRET] })
  await provisional.visit(set('a', 'whole'))
  provisional.secrets = [SECRET]
  await provisional.wait(5).visit(set('a', 'provisional'))
  provisional.secrets = [SECRET, FOREIGN_SECRET]
  found.push(
    await provisional.vector(
      'A node with one secret began a session beside one that it could not read. It yields.',
    ),
  )
  provisional.secrets = [SECRET]
  found.push({
    ...(await provisional.vector('The same jar for that node.')),
    name: 'provisional, seen alone',
  })
  return found
}
