import { describe, expect, test } from 'vitest'
import { findCookies } from '../../src/http/cookies.ts'
import { CarryonError, createSessions } from '../../src/index.ts'
import type { Fragment } from '../../src/log/format/fragment.ts'
import { merge } from '../../src/log/reading/merge.ts'
import { openFragment } from '../../src/seal/fragment.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { LONG_MS } from '../model/budget.ts'
import { silently } from '../support/console.ts'
import { type Random, seeded } from '../support/random.ts'
import { type Loose, ORIGIN, SECRET, START } from '../support/visitor.ts'
import { forks, headerOf, SHAPES } from './forks.ts'

const inWorkerd = navigator.userAgent === 'Cloudflare-Workers'
/** Views of fragments, and whole requests: 100,000 in all on Node. */
const VIEWS = inWorkerd ? 500 : 96_000
const REQUESTS = inWorkerd ? 50 : 4000
const PREFIX = '__Host-session.'
const NOW = START + 100_000

const initial = () => ({})
const keyring = new Keyring([SECRET], scopeOf('__Host-session'), 43_200)

/** Some cookies of each kind of fork, and of chains, of several users and of sessions that have ended. */
const pieces: string[] = []
for (const shape of Object.values(SHAPES)) {
  const jar = await forks({ options: { secrets: SECRET, initial }, now: START }, shape, 5000, 8)
  pieces.push(...headerOf(jar).split('; '))
}

async function ended(): Promise<string[]> {
  const all: string[] = []
  for (let i = 0; i < 4; i++) {
    const sessions = createSessions<Loose>({ secrets: SECRET, initial, clock: () => START + i })
    const one = await sessions.open(new Request(ORIGIN))
    one.login(`user-${i}`)
    one.data['mine'] = i
    const made = (await sessions.commit(one, new Response())).headers.getSetCookie()
    const cookie = made.map((line) => line.split(';')[0] ?? '').join('; ')
    all.push(...cookie.split('; '))
    const again = await sessions.open(new Request(ORIGIN, { headers: { cookie } }))
    again.destroy()
    const gone = (await sessions.commit(again, new Response())).headers.getSetCookie()
    all.push(...gone.map((line) => line.split(';')[0] ?? '').filter((pair) => !pair.endsWith('=')))
  }
  return all
}
pieces.push(...(await ended()))

const fragments = new Map<string, Fragment>()
for (const { id, value } of pieces.flatMap((pair) => findCookies(pair, PREFIX).cookies)) {
  const opened = await openFragment(id, value, keyring, NOW)
  if (opened.ok) fragments.set(id, opened.fragment)
}

function some<T>(all: readonly T[], random: Random): T[] {
  const length = 1 + random.below(random.below(4) === 0 ? 12 : 5)
  return [...new Set(Array.from({ length }, () => random.pick(all)))]
}

/** Of one session, so that they meet; and now and then of others. */
function related(all: readonly Fragment[], random: Random): Fragment[] {
  const { sid } = random.pick(all).identity
  const own = all.filter(({ identity }) => identity.sid === sid)
  return [...new Set([...some(own, random), ...(random.below(3) === 0 ? some(all, random) : [])])]
}

describe('100,000 inputs that are put together of valid cookies', { timeout: LONG_MS }, () => {
  const all = [...fragments.values()]

  test('there are 100,000, of more than 100 cookies', () => {
    expect(fragments.size).toBeGreaterThan(100)
    if (!inWorkerd) expect(VIEWS + REQUESTS).toBe(100_000)
  })

  test('no set of fragments crashes, depends on its order, mixes users or shows what has ended', () => {
    const random = seeded(13)
    for (let i = 0; i < VIEWS; i++) {
      const chosen = related(all, random)
      const view = merge(chosen, NOW)
      const { current } = view
      if (i % 10 === 0) {
        const other = merge(chosen.toReversed(), NOW).current
        expect(other?.state).toEqual(current?.state)
        expect(other?.base).toBe(current?.base)
      }
      if (!current) continue
      const { identity } = current.base
      for (const tombstone of view.tombstones) expect(tombstone.identity.sid).not.toBe(identity.sid)
      // What it is made of is its own, or that of anonymous sessions that started beside it.
      for (const used of current.fragments) expect(used.identity.subject).toBe(identity.subject)
      const mine = current.state['mine']
      if (mine !== undefined) expect(identity.subject).toBe(`user-${String(mine)}`)
    }
  })

  test('no request with them fails, writes to the console, or sets one cookie twice', async () => {
    const random = seeded(14)
    const sessions = createSessions<Loose>({ secrets: SECRET, initial, clock: () => NOW })
    const refused: string[] = []
    const app = sessions.handle(async (_, session) => {
      try {
        JSON.stringify(session.data)
        session.flashed
        session.data['touched'] = 1
        await session.commit()
      } catch (error) {
        // Together they may be too large to be changed.
        if (!(error instanceof CarryonError)) throw error
        refused.push(error.code)
      }
      return new Response('ok')
    })
    await silently(async () => {
      for (let i = 0; i < REQUESTS; i++) {
        const cookie = some(pieces, random).join('; ')
        let response: Response
        try {
          response = await app(new Request(ORIGIN, { headers: { cookie } }))
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_TOO_LARGE' })
          continue
        }
        expect(response.status).toBe(200)
        const names = response.headers.getSetCookie().map((line) => line.split('=')[0])
        expect(new Set(names).size).toBe(names.length)
      }
    })
    expect(refused.filter((code) => code !== 'ERR_TOO_LARGE')).toEqual([])
  })
})
