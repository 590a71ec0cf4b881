/** What a frozen example looks like. */
import type { Json, JsonObject } from './reader/json.ts'

export interface Vector extends Timeouts {
  readonly name: string
  /** What is to be seen here. */
  readonly about: string
  /** The first sealed last, all open. They guard nothing. */
  readonly secrets: readonly string[]
  readonly cookieName: string
  readonly prefix: '__Host-' | '__Secure-' | ''
  /** By default none. */
  readonly domain?: string
  /** By default none. */
  readonly audience?: string
  /** In ms since 1970. */
  readonly now: number
  readonly cookieHeader: string
  /** The overflow store: tokens by their keys. */
  readonly store: Readonly<Record<string, string>>
  /** What the tokens say, by the ids of their cookies; `null` where they do not open. */
  readonly claims: Readonly<Record<string, Json>>
  readonly expected: Expected
}

/** In seconds. */
export interface Timeouts {
  readonly absoluteTimeout: number
  /** By default half an hour, or the absolute timeout if that is less. */
  readonly idleTimeout?: number
  /** By default the timeouts themselves. */
  readonly maxAbsoluteTimeout?: number
  readonly maxIdleTimeout?: number
}

export interface Expected {
  /** `null` where there is no session. */
  readonly session: ExpectedSession | null
  /** How many cookies were not used, and why. */
  readonly unused: Readonly<Record<string, number>>
}

export interface ExpectedSession {
  readonly sid: string
  readonly subject: string | null
  /** In ms since 1970. */
  readonly startedAt: number
  readonly expiresAt: number
  /** With the values that the overflow store has, and without those that it does not have. */
  readonly state: JsonObject
  /** In the words of `shown.ts`, and so is what is flashed. */
  readonly data: Json
  readonly flashed: Json
  readonly version: number
  /** Keys whose values the overflow store does not have. */
  readonly missing: readonly string[]
}
