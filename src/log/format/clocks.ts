/**
 * The rules of time. All of them follow from two assumptions: how long an answer takes, and how far
 * clocks are off. Times in seconds.
 */

/** Assumption: an answer reaches the browser within this time after its request was sent. */
export const ANSWER_SECONDS = 120

/** Assumption: a node's clock differs from the right time by at most this, either way. */
export const SKEW_SECONDS = 30

/** How far apart the clocks of two nodes may be. */
export const SPREAD_SECONDS: number = 2 * SKEW_SECONDS

/** An entry settles once it is this old: no answer that was planned without it is under way any more. */
export const SETTLE_SECONDS: number = ANSWER_SECONDS + SPREAD_SECONDS

/**
 * How long after the end of a session one of its answers may still arrive: its request may have been
 * sent just before the end of one that took as long as an answer may take itself.
 */
export const LATE_SECONDS: number = 2 * ANSWER_SECONDS + SPREAD_SECONDS

/** A fragment from further ahead than this is not honoured yet. Ids may run ahead of the clock a little. */
export const NOT_YET_SECONDS: number = SPREAD_SECONDS + 1

/**
 * How far ahead of the reader's clock the time in a digest may be. A digest repeats every nine minutes:
 * twice the spread ahead leaves some seven minutes for the past, and both are more than is needed.
 */
export const AHEAD_SECONDS: number = 2 * SPREAD_SECONDS + 2
