import type { Kind } from './schedule.ts'

const idle = [1800, 600, 300]

/** One session, written by many requests at once. */
export const busy: Kind = {
  steps: 90,
  sessions: false,
  idle,
  begun: false,
  pauses: 40,
  longest: 400,
}

/** With pauses of minutes, so that entries settle, sessions are renewed and expire. */
export const slow: Kind = {
  steps: 90,
  sessions: false,
  idle,
  begun: false,
  pauses: 6,
  longest: 400,
}

/** With even more of them. */
export const slower: Kind = { ...slow, idle: [300], begun: true, pauses: 4, longest: 400 }

/** Sessions start, end, and change hands. */
export const changing: Kind = {
  steps: 90,
  sessions: true,
  idle,
  begun: false,
  pauses: 30,
  longest: 400,
}

/** Short, so that every subset of the cookies can be tried. */
export const short: Kind = {
  steps: 28,
  sessions: true,
  idle,
  begun: false,
  pauses: 12,
  longest: 400,
}

/** A session of up to 1.7 KB with the timeout that is the default. */
export const usual: Kind = { ...busy, idle: [1800], begun: true }

/** Long lives, in which what is remembered of elements grows old and is forgotten. */
export const ageing: Kind = { ...slow, idle: [7200], begun: true, longest: 1500 }
