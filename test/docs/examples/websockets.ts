import { createSessions, type Session } from '../../../src/index.ts'

const MAX_TIMER_MS = 2 ** 31 - 1

export function createGate(secrets: string, origin: string) {
  const sessions = createSessions({ secrets })

  /** The session of an upgrade, or the reason to refuse it. */
  async function admit(headers: Headers): Promise<Session<object> | 'origin' | 'login'> {
    if (headers.get('origin') !== origin) return 'origin'
    const session = await sessions.read(headers, origin)
    return session.subject === undefined ? 'login' : session
  }

  /** An open socket does not notice a timeout. */
  function closeWhenOver(session: Session<object>, socket: { close(code: number): void }): void {
    const ms = (session.expiresAt?.getTime() ?? 0) - Date.now()
    setTimeout(() => socket.close(4001), Math.min(Math.max(ms, 0), MAX_TIMER_MS))
  }
  return { sessions, admit, closeWhenOver }
}
