/** What the requests of a schedule saw and wrote, as histories for the session guarantees. */

import type { Visit } from '../support/guarantees.ts'
import { seeded } from '../support/random.ts'
import type { SessionRecord, Writes } from './oracle.ts'
import { rules } from './server.ts'
import type { Recorded, Recording } from './simulation.ts'
import { distinct, shownBy } from './subsets.ts'

/** How many requests of each session carry a part of its cookies only. */
const PARTIAL = 12

/**
 * The history of each session. What a request saw is read off the cookies that it carried, not off the state: so it
 * cannot be what the oracle expects it to be.
 */
export function historiesOf(recording: Recording): Visit[][] {
  const cookies = distinct(recording.cookies)
  const byText = new Map(cookies.map((cookie) => [cookie.text, cookie]))
  const histories = new Map<SessionRecord, Visit[]>()
  for (const { session, carried, current, writes, ...visit } of recording.visits) {
    if (!session || !current) continue
    const sent = carried.flatMap((text) => byText.get(text) ?? [])
    const saw = namesOf(session, shownBy(current, sent, session))
    const history = histories.get(session) ?? []
    histories.set(session, history)
    history.push({ ...visit, saw, wrote: namesOf(session, writes)[0] })
  }
  for (const [session, history] of histories) history.push(...partialVisits(cookies, session))
  return [...histories.values()]
}

/** Requests that carry whatever cookies of a session were ever set. */
function partialVisits(cookies: readonly Recorded[], session: SessionRecord): Visit[] {
  const random = seeded(cookies.length)
  return Array.from({ length: PARTIAL }).flatMap(() => {
    const share = 1 + random.below(9)
    const sent = cookies.filter((cookie) => cookie.session === session && random.below(10) < share)
    // A jar holds one cookie of each name.
    const carried = [...new Map(sent.map((each) => [each.fragment.id, each])).values()]
    const { current } = rules.merge(
      carried.map(({ fragment }) => fragment),
      0,
    )
    if (current?.base.identity.sid !== session.sid) return []
    const saw = namesOf(session, shownBy(current, carried, session))
    return [{ sent: 0, answered: undefined, wrote: undefined, saw, partial: true }]
  })
}

/** The names of some writes, in the order in which they apply: that of their ids. */
function namesOf({ writes }: SessionRecord, set: Writes): string[] {
  return writes
    .filter((_, i) => ((set >> BigInt(i)) & 1n) === 1n)
    .map(({ id }) => id)
    .sort()
}
