/**
 * What this node has just written for requests with one view. It is a hint, and never the truth: what it forgets stands
 * in cookies of its own.
 */
import type { LogFragment } from '../format/fragment.ts'

/** For so long after the last write of a burst its node remembers it. */
export const RECENT_SECONDS = 5

/** How many bursts a node remembers, of one secret and cookie name. Each takes some 10 KB at the most. */
export const MAX_BURSTS = 128

/** The writes of requests with one view. */
export interface Burst {
  /** When the last of them was made, in ms. */
  at: number
  /** How many there were. */
  count: number
  /** Logs that the next fold holds. */
  open: readonly LogFragment[]
  /** Cookies that it takes the place of. */
  covered: readonly LogFragment[]
}

/** Bursts by what their requests saw. What was written longest ago goes first. */
export class RecentWrites {
  readonly #bursts = new Map<string, Burst>()

  /** The burst of requests that saw the same; a new one where there is none. */
  burstOf(seen: string, now: number): Burst {
    const known = this.#bursts.get(seen)
    const isRecent = known !== undefined && Math.abs(now - known.at) <= RECENT_SECONDS * 1000
    const burst = isRecent ? known : { at: now, count: 0, open: [], covered: [] }
    burst.at = now
    this.#bursts.delete(seen)
    this.#bursts.set(seen, burst)
    for (const [name, { at }] of this.#bursts) {
      const isOver = Math.abs(now - at) > RECENT_SECONDS * 1000
      if (!isOver && this.#bursts.size <= MAX_BURSTS) break
      this.#bursts.delete(name)
    }
    return burst
  }
}
