/**
 * Ids on the wire leave out the characters that they share with the id before them: entries of one
 * session lie close together in time. The first is compared with the session's start.
 */

import type { Tree } from '../../tree/tree.ts'
import { ID_LENGTH } from './fragment.ts'

const ID = /^[0-9a-z]{8}[\w-]{5}$/

/** Whether `text` is the id of an entry. */
export function isEntryId(text: string): boolean {
  return ID.test(text)
}

/** The 8 characters of a time in ms. They sort like the times, until the year 2059. */
export function timeCode(ms: number): string {
  return Math.max(0, Math.floor(ms)).toString(36).padStart(8, '0').slice(-8)
}

/** Writes a fragment's ids, each relative to the one before. */
export class IdWriter {
  #before: string

  constructor(start: number) {
    this.#before = `${timeCode(start)}00000`
  }

  write(id: string): string {
    let shared = 0
    while (shared < id.length - 1 && id[shared] === this.#before[shared]) shared++
    this.#before = id
    return id.slice(shared)
  }
}

/** Reads what {@link IdWriter} wrote. `undefined` stands for what is not an id. */
export class IdReader {
  #before: string

  constructor(start: number) {
    this.#before = `${timeCode(start)}00000`
  }

  read(suffix: Tree | undefined): string | undefined {
    if (typeof suffix !== 'string' || suffix === '' || suffix.length > ID_LENGTH) return undefined
    const id = this.#before.slice(0, ID_LENGTH - suffix.length) + suffix
    if (!isEntryId(id)) return undefined
    this.#before = id
    return id
  }

  readAll(suffixes: Tree | undefined): string[] | undefined {
    if (suffixes === undefined) return []
    if (!Array.isArray(suffixes)) return undefined
    const ids: string[] = []
    for (const suffix of suffixes) {
      const id = this.read(suffix)
      if (id === undefined) return undefined
      ids.push(id)
    }
    return ids
  }
}
