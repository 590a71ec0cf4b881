import type { Kind } from './schedule.ts'

/** One session, written by many requests at once. */
export const busy: Kind = { steps: 90, sessions: false, pauses: 40 }

/** With pauses of minutes, so that entries settle, sessions are renewed and expire. */
export const slow: Kind = { steps: 90, sessions: false, pauses: 6 }

/** Sessions start, end, and change hands. */
export const changing: Kind = { steps: 90, sessions: true, pauses: 30 }

/** Short, so that every subset of the cookies can be tried. */
export const short: Kind = { steps: 28, sessions: true, pauses: 12 }
