/** Nodes of one app in the middle of a key rotation, a browser, and what the app may rely on. */
import { expect } from 'vitest'
import { createSessions, type SessionEvent, type Sessions } from '../../src/index.ts'
import { Keyring } from '../../src/seal/keyring.ts'
import type { BrowserJar } from '../../src/testing/browser-jar.ts'
import { ORIGIN, OTHER_SECRET, SECRET } from '../support/visitor.ts'

/** The secrets of a node before a rotation, and after each of its three deploys. */
export const STAGES: readonly (readonly string[])[] = [
  [SECRET],
  [SECRET, OTHER_SECRET],
  [OTHER_SECRET, SECRET],
  [OTHER_SECRET],
]

/** The kids of a secret begin with this. */
export async function secretId(secret: string): Promise<string> {
  return (await new Keyring([secret], 'session', 43_200).sealing(0)).kid.slice(0, 4)
}

const secretOfId = new Map(
  await Promise.all(
    [SECRET, OTHER_SECRET].map(async (each) => [await secretId(each), each] as const),
  ),
)

/** The secret that sealed a cookie. */
export function secretOf(value: string): string {
  const header: { kid: string } = JSON.parse(atob(value.split('.')[0] ?? ''))
  return secretOfId.get(header.kid.slice(0, 4)) ?? expect.fail('sealed with another secret')
}

export type Data = Record<string, number>

/** One node: a list of secrets, its sessions, and what they told since it was last asked. */
export class Node {
  readonly secrets: readonly string[]
  readonly sessions: Sessions<Data>
  #events: SessionEvent[] = []

  constructor(secrets: readonly string[], clock: () => number, idleTimeout = 43_200) {
    this.secrets = secrets
    this.sessions = createSessions<Data>({
      secrets,
      clock,
      idleTimeout,
      initial: () => ({}),
      onEvent: (event) => this.#events.push(event),
    })
  }

  events(): SessionEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }
}

/** The cookies of a jar, by name. */
export function cookiesOf(jar: BrowserJar): Map<string, string> {
  return new Map(jar.cookies(ORIGIN).map(({ name, value }) => [name, value]))
}

/** A request that a node answers later. */
export interface Pending {
  /** Whose session it found: that of the test, or another. */
  readonly id: string
  readonly setCookies: () => Promise<readonly string[]>
}

/** Sends a request that writes `key` and counts. What it may not do is checked here. */
export async function send(node: Node, jar: BrowserJar, key: string): Promise<Pending> {
  const cookie = jar.header(ORIGIN)
  const before = cookiesOf(jar)
  node.events()
  const session = await node.sessions.open(
    new Request(ORIGIN, { headers: cookie === undefined ? {} : { cookie } }),
  )
  const unknown = [...before.values()].filter((value) => !node.secrets.includes(secretOf(value)))
  const told = node.events().filter((event) => event.type === 'rejected')
  // Reports it, and nothing else is wrong with any cookie but that its base may be unknown.
  expect(told.filter(({ reason }) => reason === 'unknown-key')).toEqual(
    unknown.length > 0 ? [{ type: 'rejected', reason: 'unknown-key', count: unknown.length }] : [],
  )
  const usual = ['unknown-key', 'orphaned', 'provisional']
  expect(told.filter(({ reason }) => !usual.includes(reason))).toEqual([])
  session.data[key] = 1
  session.increment('hits')
  return {
    id: session.id,
    setCookies: async () => {
      const response = await node.sessions.commit(session, new Response('ok'))
      const lines = response.headers.getSetCookie()
      for (const line of lines) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        const old = before.get(name)
        // Deletes nothing that it cannot read.
        if (value === '') expect(node.secrets).toContain(secretOf(old ?? ''))
        else expect(secretOf(value)).toBe(node.secrets[0])
      }
      return lines
    },
  }
}
