/** Section 5 of docs/wire-format.md: what ids tell. */
import { LETTERS } from './values.ts'

/** 8 digits of a time in ms. */
export function base36(ms: number): string {
  return ms.toString(36).padStart(8, '0')
}

export function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 36)
}

export function short(id: string): string {
  const step = Math.floor(timeOf(id) / 131)
  return `${LETTERS[Math.floor(step / 64) % 64]}${LETTERS[step % 64]}${id.slice(8, 11)}`
}

/** Whether a short id is that of a join. */
export function isJoin(digest: string): boolean {
  return LETTERS.indexOf(digest.slice(4)) >= 56
}

export function firstId({ sid, start }: { readonly sid: string; readonly start: number }): string {
  const third = LETTERS.indexOf(sid.charAt(2))
  const letter = LETTERS[third >= 56 ? third - 56 : third]
  return `${base36(start)}${sid.slice(0, 2)}${letter}${sid.slice(3, 5)}`
}
