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

/**
 * Anonymous sessions that started within this time and did not see each other are one. A page sends its first requests
 * within some seconds; the rest is for clocks.
 */
export const SIBLINGS_SECONDS: number = SPREAD_SECONDS + 10

/** For so long after its start one of the requests that started with a session may still be answered. */
export const FIRST_VISIT_SECONDS: number = SIBLINGS_SECONDS + ANSWER_SECONDS + SPREAD_SECONDS

/** A fragment from further ahead than this is not honoured yet. Ids may run ahead of the clock a little. */
export const NOT_YET_SECONDS: number = SPREAD_SECONDS + 1

/**
 * How far ahead of the reader's clock the time in a digest may be. A digest repeats every nine minutes:
 * twice the spread ahead leaves some seven minutes for the past, and both are more than is needed.
 */
export const AHEAD_SECONDS: number = 2 * SPREAD_SECONDS + 2

/**
 * For so long after its last use everybody calls an element of a list by a name. Those who name it by what it is now
 * started later, and so did all whom they have not seen.
 */
export const NAME_KEPT_SECONDS: number = ANSWER_SECONDS

/** For so long nobody gives up a name, and somebody may still name an element that is gone. */
export const NAME_LATE_SECONDS: number = LATE_SECONDS

/** For so long writers use a name that they find. */
export const NAME_USED_SECONDS: number = 2 * NAME_LATE_SECONDS

/** For so long a name means the element that it meant at its last use: longer than anybody uses it. */
export const NAME_EXACT_SECONDS: number = 3 * NAME_LATE_SECONDS

/** For so long bases remember names: longer than they mean anything. */
export const NAME_REMEMBERED_SECONDS: number = 4 * NAME_LATE_SECONDS
