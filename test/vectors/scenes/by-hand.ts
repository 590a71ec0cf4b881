import { sealText } from '../../../src/seal/jwe.ts'
import { Player, START } from '../player.ts'
import type { Json } from '../reader/json.ts'
import { base64url } from '../reader/keys.ts'
import { digest } from '../reader/values.ts'
import type { Vector } from '../vector.ts'

/** An entry, some seconds after the base. */
export type Made = readonly [seconds: number, ...ops: readonly Json[]]

/** A base and a log that are made by hand. What a case says of the base stands beside the usual members. */
export interface Case {
  readonly name: string
  readonly about: string
  readonly d: Json
  readonly base?: object
  readonly entries: readonly Made[]
  /** Values that the overflow store has, by the letter of {@link check}. */
  readonly store?: Readonly<Record<string, Json>>
}

/** An entry's id. */
export function idAt(seconds: number, random = '00000'): string {
  return `${(START + seconds * 1000).toString(36)}${random}`
}

/** The name of an element. */
export function named(value: Json, place: number, count = 1): string {
  return `${digest(value)}${place.toString(36)}${count > 1 ? `.${count.toString(36)}` : ''}`
}

/** The step to an element. */
export function step(value: Json, place: number, count = 1): string {
  return `~2${named(value, place, count)}`
}

/** A claim check of a value that the store has, or not. */
export async function check(letter: string, value: Json): Promise<Json> {
  const json = new TextEncoder().encode(JSON.stringify(value))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', json))
  return { $: ['c', letter.repeat(22), json.length, base64url(hash).slice(0, 22)] }
}

const HEAD = {
  v: 1,
  sid: 'AAECAwQFBgcICQoLDA0ODw',
  iat: START / 1000,
  exp: Math.floor(START / 1000) + 1800,
}

/** What a base of {@link HEAD} says. */
export function baseClaims(d: Json, members: object = {}): object {
  return { ...HEAD, k: 'b', jti: 'theBase0', h: idAt(0), d, ...members }
}

/** What a log with `entries` says. */
export function logClaims(jti: string, entries: readonly Made[], members: object = {}): object {
  const e = entries.map(([seconds, ...ops]) => [idAt(seconds), ...ops])
  return { ...HEAD, k: 'l', jti, s: idAt(0), ...(e.length > 0 ? { e } : {}), ...members }
}

/** Puts values into the overflow store. */
export async function putValues(
  player: Player,
  values: Readonly<Record<string, Json>>,
): Promise<void> {
  for (const [letter, value] of Object.entries(values)) {
    const jti = letter.repeat(22)
    const text = JSON.stringify({ v: 1, k: 'o', jti, d: value })
    player.store[jti] = await sealText(text, player.keyring(), player.now)
  }
}

/** The jar of a case, a second after its last entry. */
export async function byHand(one: Case, kind: string): Promise<Vector> {
  const { name, about, d, base = {}, entries, store = {} } = one
  const player = new Player(`${kind}: ${name}`)
  await putValues(player, store)
  await player.putClaims('theBase0', baseClaims(d, base))
  if (entries.length > 0) await player.putClaims('theLog00', logClaims('theLog00', entries))
  const header = player.header()
  player.wait((entries.at(-1)?.[0] ?? 0) + 1)
  return player.vector(about, header)
}

/** All cases, one after the other. */
export async function allByHand(cases: readonly Case[], kind: string): Promise<readonly Vector[]> {
  const found: Vector[] = []
  for (const one of cases) found.push(await byHand(one, kind))
  return found
}
