import type { Kind } from './schedule.ts'

const idle = [1800, 600, 300]

/** One session, written by many requests at once. */
export const busy: Kind = { steps: 90, sessions: false, idle, begun: false, pauses: 40 }

/** With pauses of minutes, so that entries settle, sessions are renewed and expire. */
export const slow: Kind = { steps: 90, sessions: false, idle, begun: false, pauses: 6 }

/** With even more of them. */
export const slower: Kind = { ...slow, idle: [300], begun: true, pauses: 4 }

/** Sessions start, end, and change hands. */
export const changing: Kind = { steps: 90, sessions: true, idle, begun: false, pauses: 30 }

/** Short, so that every subset of the cookies can be tried. */
export const short: Kind = { steps: 28, sessions: true, idle, begun: false, pauses: 12 }

/** A session of up to 1.7 KB with the timeout that is the default. */
export const usual: Kind = { ...busy, idle: [1800], begun: true }
