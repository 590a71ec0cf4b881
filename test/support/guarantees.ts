/**
 * The four session guarantees of Terry and others (docs/clustering.md), as functions on the history of one browser.
 * Each returns what breaks it, one sentence for each case.
 */

/** One request of a browser to one session. */
export interface Visit {
  /** When it was sent, and when its answer was in the jar: numbers that put all of this in one order. */
  readonly sent: number
  /** `undefined` where no answer arrived. */
  readonly answered: number | undefined
  /** The name of what it wrote. */
  readonly wrote: string | undefined
  /** What showed to it, in the order in which it applies; `undefined` where its node died with it. */
  readonly saw: readonly string[] | undefined
  /** The answer came later than an answer may come, so what it wrote may be dropped. */
  readonly late?: boolean
  /** It did not carry all cookies of its jar, but a part of them or older ones. It only reads. */
  readonly partial?: boolean
}

export type Guarantee = (history: readonly Visit[]) => string[]

/** A read sees the writes that its client has made before. */
export const readYourWrites: Guarantee = (history) =>
  whole(history).flatMap((reader) => {
    const seen = new Set(reader.saw)
    return told(history)
      .filter(({ late, answered, wrote }) => !late && answered < reader.sent && !seen.has(wrote))
      .map(({ wrote }) => `${textOf(reader)} does not see ${wrote}, which was written before`)
  })

/** A read sees all writes that earlier reads of the client saw. */
export const monotonicReads: Guarantee = (history) => {
  const before = new Set<string>()
  return whole(history).flatMap((reader) => {
    const seen = new Set(reader.saw)
    const missing = [...before].filter((write) => !seen.has(write))
    for (const write of seen) before.add(write)
    return missing.map((write) => `${textOf(reader)} does not see ${write}, which was seen before`)
  })
}

/** Whoever sees a write sees, before it, the writes that its client had seen when it made it. */
export const writesFollowReads: Guarantee = (history) => {
  const seenBy = new Map(history.map(({ wrote, saw }) => [wrote, saw]))
  return readers(history).flatMap((reader) =>
    reader.saw.flatMap((write, place) => {
      const before = new Set(reader.saw.slice(0, place))
      return (seenBy.get(write) ?? [])
        .filter((cause) => !before.has(cause))
        .map((cause) => `${textOf(reader)} sees ${write}, not after ${cause}, which led to it`)
    }),
  )
}

/** A write comes after all earlier writes of its client, everywhere. */
export const monotonicWrites: Guarantee = (history) => {
  const writers = told(history)
  const sentAt = new Map(history.map(({ wrote, sent }) => [wrote, sent]))
  return readers(history).flatMap((reader) => {
    const places = new Map(reader.saw.map((write, place) => [write, place]))
    return reader.saw.flatMap((write, place) =>
      writers
        .filter(({ answered, late, wrote }) => {
          const isEarlier = answered < (sentAt.get(write) ?? Number.NEGATIVE_INFINITY)
          // What came too late may be dropped, but must not come back behind others.
          const isDropped = late && !places.has(wrote)
          return isEarlier && !isDropped && !((places.get(wrote) ?? place) < place)
        })
        .map(({ wrote }) => `${textOf(reader)} sees ${write}, not after ${wrote}, written earlier`),
    )
  })
}

/** All four, by name. */
export const guarantees: Readonly<Record<string, Guarantee>> = {
  'read your writes': readYourWrites,
  'monotonic reads': monotonicReads,
  'writes follow reads': writesFollowReads,
  'monotonic writes': monotonicWrites,
}

type Told = Visit & { readonly answered: number; readonly wrote: string }

/** The requests that wrote something and whose browser knows that. */
function told(history: readonly Visit[]): readonly Told[] {
  return history.filter(
    (visit): visit is Told => visit.answered !== undefined && visit.wrote !== undefined,
  )
}

type Reader = Visit & { readonly saw: readonly string[] }

function readers(history: readonly Visit[]): readonly Reader[] {
  return history.filter((visit): visit is Reader => visit.saw !== undefined)
}

/** The readers that carried all of the jar, in the order in which they were sent. */
function whole(history: readonly Visit[]): readonly Reader[] {
  return readers(history)
    .filter(({ partial }) => !partial)
    .sort((a, b) => a.sent - b.sent)
}

function textOf({ sent, wrote }: Visit): string {
  return `the request sent at ${sent}${wrote === undefined ? '' : `, which writes ${wrote},`}`
}
