/**
 * Names of elements of a list: a digest of what the writer saw, its index there, and how many elements had this digest,
 * if there was more than one. `k3Xa2` is the element with the digest `k3Xa` at index 2; `k3Xa2.3` is one of three, and
 * `k3Xa2.3.1` as well, of which one has another name. Who means another element than the one that the list remembers by
 * this name adds a `!`.
 */
import { canonical, type Tree } from '../../tree/tree.ts'
import { shortHash } from '../format/ids.ts'

/** Characters of the digest in a name. */
export const NAME_DIGEST_LENGTH = 4

/** A name, read. */
export interface Name {
  readonly digest: string
  readonly place: number
  /** How many elements its writer saw with this digest. */
  readonly count: number
  /** How many of them its writer would call by another name: those that were called so the longest ago. */
  readonly others: number
}

/** The digest by which an element is named. */
export function elementDigest(tree: Tree): string {
  return shortHash(canonical(tree), NAME_DIGEST_LENGTH)
}

/** The digest in the text of a name. */
export function digestIn(text: string): string {
  return text.slice(0, NAME_DIGEST_LENGTH)
}

/** The text of a name. */
export function nameText({ digest, place, count, others }: Name): string {
  const numbers = others > 0 ? [place, count, others] : count > 1 ? [place, count] : [place]
  return digest + numbers.map((number) => number.toString(36)).join('.')
}

/** A name of its text, or `undefined` where it is none. */
export function readName(text: string): Name | undefined {
  const [, digest, place = '', count = '1', others = '0'] =
    /^([\w-]{4})([0-9a-z]{1,4})(?:\.([0-9a-z]{1,4})(?:\.([0-9a-z]{1,4}))?)?!{0,9}$/.exec(text) ?? []
  if (digest === undefined) return undefined
  const number = (digits: string) => Number.parseInt(digits, 36)
  return { digest, place: number(place), count: number(count), others: number(others) }
}
