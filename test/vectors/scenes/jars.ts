import type { StoredTimeouts } from '../player.ts'
import { Player, START } from '../player.ts'
import { firstId } from '../reader/ids.ts'
import type { Json, JsonObject } from '../reader/json.ts'
import type { Vector } from '../vector.ts'
import { putValues } from './by-hand.ts'

/** Claims of cookies that are made by hand, of sessions that are called A, B … */
export type Claims = Readonly<Record<string, Json>>

export const sid = (name: string): string => `${name.repeat(8).slice(0, 8)}AAECAwQFBgcICQ`
/** What stands for a session in `f`, `u` and `y`. */
export const prefix = (name: string): string => sid(name).slice(0, 8)
export const iat = (seconds = 0): number => (START + seconds * 1000) / 1000
export const id = (seconds: number, random = '00000'): string =>
  `${(START + Math.round(seconds * 1000)).toString(36)}${random}`
/** The first id of a session. */
export const first = (name: string, started: number): string =>
  firstId({ sid: sid(name), start: START + Math.round(started * 1000) })

export const common = (name: string, started: number, lives = 1800): Claims => ({
  v: 1,
  sid: sid(name),
  iat: iat(started),
  exp: Math.floor(iat(started + lives)),
})

/** The first base of a session. */
export const started = (
  name: string,
  at: number,
  d: JsonObject = { name },
  members: Claims = {},
): Claims => {
  const h = first(name, at)
  return { ...common(name, at), k: 'b', jti: h, h, d, ...members }
}

/** A log of a session with one entry, upon its first base. */
export const written = (
  name: string,
  at: number,
  later: number,
  ops: readonly Json[],
  members: Claims = {},
): Claims => {
  const jti = id(later, `${name}0000`)
  return { ...common(name, at), k: 'l', jti, s: first(name, at), e: [['', ...ops]], ...members }
}

export const tombstone = (
  name: string,
  at: number,
  ended: number,
  members: Claims = {},
): Claims => ({
  ...common(name, at, 4000),
  k: 'x',
  jti: id(ended, `${name}xxxx`),
  ...members,
})

/** What a reader finds some seconds after {@link START}. */
export interface Jar {
  readonly name: string
  readonly after: number
  readonly claims: readonly Claims[]
  readonly about?: string
  readonly absoluteTimeout?: number
  readonly timeouts?: StoredTimeouts
  /** Values that the overflow store has, by the letter of `check`. */
  readonly store?: JsonObject
}

export async function jarVector(jar: Jar): Promise<Vector> {
  const { name, after, claims, absoluteTimeout = 3600, timeouts = {} } = jar
  const player = new Player(name, { absoluteTimeout, timeouts })
  await putValues(player, jar.store ?? {})
  for (const each of claims) await player.putClaims(String(each['jti'] ?? ''), each)
  const header = player.header()
  player.wait(after)
  return player.vector(jar.about ?? `Made by hand: ${name}.`, header)
}

/** All of them, one after the other. */
export async function jarVectors(jars: readonly Jar[]): Promise<readonly Vector[]> {
  const found: Vector[] = []
  for (const jar of jars) found.push(await jarVector(jar))
  return found
}
