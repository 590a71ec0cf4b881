import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'

const set =
  (key: string, value: unknown) =>
  ({ data }: { data: Record<string, unknown> }): void => {
    data[key] = value
  }

/** Timeouts, and clocks that differ. */
export async function times(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  const idle = new Player('idle')
  await idle.visit(set('a', 1))
  idle.wait(1799)
  found.push(await idle.vector('Just before its idle timeout.'))
  idle.wait(1)
  found.push({ ...(await idle.vector('At its idle timeout.')), name: 'expired idle' })
  idle.wait(301)
  found.push({ ...(await idle.vector('Minutes later.')), name: 'expired idle long ago' })

  const used = new Player('renewed by a delta')
  await used.visit(({ data }) => Object.assign(data, { text: 'long '.repeat(200) }))
  await used.wait(1700).visit(set('a', 1))
  await used.wait(1).together([set('b', 1), set('c', 1)])
  used.wait(1500)
  found.push(await used.vector('The exp of the base has passed, that of later cookies has not.'))

  const over = new Player('expired absolute', { absoluteTimeout: 3600 })
  await over.visit(set('a', 1))
  for (const value of [2, 3]) await over.wait(1700).visit(set('a', value))
  const header = over.header()
  over.wait(199)
  const nearly = await over.vector('Just before its absolute timeout.', header)
  found.push({ ...nearly, name: 'nearly over' })
  over.wait(1)
  found.push(await over.vector('At its absolute timeout.', header))

  const ahead = new Player('ahead')
  ahead.wait(61)
  await ahead.visit(set('a', 1))
  ahead.wait(-61)
  found.push(await ahead.vector('Sealed by a clock that was 61 s ahead.'))
  ahead.now -= 1
  found.push({ ...(await ahead.vector('A millisecond more.')), name: 'not yet valid' })

  const log = new Player('log from the future')
  await log.visit(set('a', 1))
  log.wait(70)
  await log.together([set('b', 2), set('c', 3)])
  log.wait(-65)
  found.push(await log.vector('Only the logs are too far ahead.'))

  const held = new Player('an older session does not come back')
  await held.visit(set('a', 'old'))
  const old = held.cookies()
  await held.wait(600).visit((session) => session.regenerate())
  const renewed = held.cookies()
  const other = new Player('an older session does not come back')
  other.now = held.now
  for (const [id, value] of old) other.put(id, value)
  await other.wait(100).visit(set('a', 'renewed'))
  held.now += 1801 * 1000
  for (const [id, value] of [...other.cookies(), ...renewed]) held.put(id, value)
  found.push(
    await held.vector('The newer session has just expired, the older one was renewed later.'),
  )

  const next = new Player('started after the other had expired')
  await next.visit((session) => session.regenerate())
  await next.visit((session) => {
    session.regenerate()
    session.data['a'] = 'old'
  })
  const expired = next.cookies()
  await next.wait(1850).visit(set('a', 'new'))
  for (const [id, value] of expired) next.put(id, value)
  found.push(await next.vector('It has a lower generation, but began when the other was over.'))
  return found
}
