/** The numbers of the planner, each with the figure that it moves. `bench:bytes` can vary them. */

/** What a plan is made by. None of it decides what a session is: nodes may differ in it. */
export interface Policy {
  /**
   * Beyond so many entries that are unsettled the oldest settle, however young: how many writes may overtake an answer that
   * still counts; and Cookie max.
   */
  readonly maxEntries: number
  /** Beyond so many a new base is made at once, or as soon as there is room: Cookie max; Set-Cookie mean. */
  readonly overfullEntries: number
  /**
   * So many stay when that happens, the first number that leaves room for the state: how many other writes may
   * overtake an answer that still counts; and Cookie max.
   */
  readonly keptEntries: readonly number[]
  /** So many stay at least, unless it is urgent, where the state takes nearly all the room: Cookie max at 2.5 KB. */
  readonly keptForLate: number
  /** So many stay for each of those that write at once, where a base takes all: late answers, 6 in flight. */
  readonly keptPerWriter: number
  /** The time up to which entries settle is a multiple of this, so that nodes settle alike: bases in a burst. */
  readonly cutStepSeconds: number
  /** A crowded view is worth a new base when so many entries settle by it: Set-Cookie mean, 6 in flight. */
  readonly worthSettling: number
  /** One log of one writer at a time grows up to so many characters of claims …: Cookie mean, one in flight. */
  readonly calmLogLength: number
  /** … and this part of the base's own, before it moves into the base: Set-Cookie mean, one in flight. */
  readonly calmBaseShare: number
  /** A longer one moves into a base that fills its cookie, too: Cookie max at 2.5 KB. */
  readonly longLogLength: number
  /** A base has its youngest entries as such up to so many characters: Cookie mean; how exact the order of late ones is. */
  readonly embeddedLength: number
  /** … and up to so many where some of them would lose their order: Cookie max, with lists. */
  readonly orderedLength: number
  /** So many entries beside the base are worth a new one: Cookie max, 6 in flight. */
  readonly looseEntries: number
  /** Beyond so many it is not waited for one's turn: Cookie max, where answers bring several at once. */
  readonly urgentEntries: number
  /** One in so many of those that are elected makes the base then: parallel bases, 6 in flight. */
  readonly urgentAmong: number
  /** Folds take logs with fewer entries than this …: overlapping folds, 6 in flight. */
  readonly openEntries: number
  /** … as long as there are no more than so many longer ones: Cookie max, 12 in flight. */
  readonly closedLogs: number
  /** With so many entries that could settle it moves into the base, too: Cookie after a burst. */
  readonly calmSettling: number
  /** Parallel writers fold once a view holds so many logs: Cookie p50, 6 in flight. */
  readonly foldFrom: number
  /**
   * Each of them takes all logs into its own instead where that has no more than so many characters of claims: what one
   * evicted cookie takes with it, and Cookie p50, 3 in flight.
   */
  readonly sharedLogLength: number
  /** So many heads or more become one in a fold or a base: the length of the next deltas, 12 in flight. */
  readonly joinFrom: number
  /** With so many parents they become one in a cookie of its own: Cookie after two bursts. */
  readonly joinBesideFrom: number
  /** A view with so many heads has more than a few writers at once: bases of 2.5 KB, 6 in flight. */
  readonly manyHeads: number
  /**
   * With no more characters than this young entries stay, in several folds if one is too small, and so does the room of
   * deletions: how many other writes may overtake an answer that still counts; and Cookie max.
   */
  readonly roomyLength: number
  /** Of one fold of some of the logs, larger ones than this part of its room stay as they are: Cookie max. */
  readonly largestFoldedShare: number
  /** Beyond so many fragments it becomes urgent to fold …: Cookie max, 12 in flight. */
  readonly manyFragments: number
  /** … and with so many more everybody does, in a burst with one view: Cookie after a burst. */
  readonly burstSpan: number
  /** The same for slow requests, which have a view each: overlapping folds, 12 in flight. */
  readonly slowSpan: number
  /** Over so many of the newest entries it is measured how often a session is written: who folds. */
  readonly rateOver: number
  /** Who has probably missed fewer writes than this is taken to be alone: folds in calm sessions. */
  readonly aloneBelow: number
  /** A request that came in within this time has missed little: who folds in a burst, who makes a base on a slow machine. */
  readonly freshMs: number
  /**
   * The values of the cookies of one response have no more characters than this, if it can be helped. With names,
   * attributes and some deletions that is less than 3,500 bytes: Set-Cookie max.
   */
  readonly responseLength: number
  /** How much of that is left for deletions: Cookie max, from 1.7 KB on. */
  readonly deletionsLength: number
  /** What a response that changes little writes beside a base, in characters: Set-Cookie max at 2.5 KB. */
  readonly usualDeltaLength: number
}

/** The numbers in use. */
export const POLICY: Policy = {
  maxEntries: 96,
  overfullEntries: 104,
  keptEntries: [96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 2],
  keptForLate: 16,
  keptPerWriter: 8,
  cutStepSeconds: 60,
  worthSettling: 8,
  calmLogLength: 270,
  calmBaseShare: 0.1,
  longLogLength: 800,
  embeddedLength: 500,
  orderedLength: 1600,
  looseEntries: 12,
  openEntries: 12,
  closedLogs: 4,
  urgentEntries: 24,
  urgentAmong: 4,
  calmSettling: 4,
  foldFrom: 3,
  sharedLogLength: 370,
  joinFrom: 6,
  joinBesideFrom: 16,
  manyHeads: 3,
  roomyLength: 7500,
  largestFoldedShare: 0.5,
  manyFragments: 15,
  burstSpan: 5,
  slowSpan: 30,
  rateOver: 8,
  aloneBelow: 0.5,
  freshMs: 2000,
  responseLength: 3200,
  deletionsLength: 110,
  usualDeltaLength: 400,
}
