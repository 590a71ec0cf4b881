import type { MakeApp } from './app.ts'
import { carryon, carryonWithStore } from './carryon.ts'
import { h3 } from './h3.ts'
import { honoSession } from './hono-session.ts'
import { honoSessions } from './hono-sessions.ts'
import { ironSession } from './iron-session.ts'

export const PEERS: readonly MakeApp[] = [honoSession, honoSessions, ironSession, h3]
export const LIBRARIES: readonly MakeApp[] = [...PEERS, carryon, carryonWithStore]
