/** How many characters fragments take once they are sealed, and how much is in them once they are opened. */
import { utf8Length } from '../../tree/bytes.ts'
import { isArray, type Tree } from '../../tree/tree.ts'
import { encodeClaims } from './claims.ts'
import { type Fragment, logOf, type Op } from './fragment.ts'
import type { Memory } from './memory.ts'

/** Characters of a sealed text that holds nothing; the text adds four for each three bytes. */
export const SEAL_OVERHEAD_LENGTH = 105

/** How many characters a text of `bytes` bytes takes once it is sealed. */
export function sealedLength(bytes: number): number {
  return SEAL_OVERHEAD_LENGTH + Math.ceil((bytes * 4) / 3)
}

/** What is kept here lives as long as its fragment. */
const encoded = new WeakMap<Fragment, string>()

/** The claims of a fragment that is about to be written: encoded once, however often it is measured. */
export function claimsToSeal(fragment: Fragment): string {
  const known = encoded.get(fragment)
  if (known !== undefined) return known
  const claims = encodeClaims(fragment)
  encoded.set(fragment, claims)
  return claims
}

/** How many characters the value of the cookie takes of a fragment that is about to be written. */
export function sealedFragmentLength(fragment: Fragment): number {
  return sealedLength(utf8Length(claimsToSeal(fragment)))
}

/** How much is in a fragment. */
export interface Content {
  /** Ops and their values, those inside of others included, what is remembered, and a quarter of the settled values. */
  readonly nodes: number
  /** Names of elements of lists. */
  readonly names: number
  /** The length of the longest list. */
  readonly longest: number
  /** How many elements ops put into lists. */
  readonly added: number
}

/** How much is in a fragment. */
export function contentOf(fragment: Fragment): Content {
  const count = { nodes: 1, names: 0, longest: 0, added: 0 }
  if (fragment.kind === 'base') {
    countTree(fragment.state, count)
    // What is settled is only looked at where ops lead.
    count.nodes = Math.ceil(count.nodes / 4)
    if (fragment.memory) countMemory(fragment.memory, count)
  }
  const log = logOf(fragment)
  for (const { ops } of log?.entries ?? []) for (const op of ops) countOp(op, count)
  count.nodes += (log?.retired.length ?? 0) + (log?.parents.length ?? 0)
  return count
}

interface Count {
  nodes: number
  names: number
  longest: number
  added: number
}

function countTree(tree: Tree, count: Count): void {
  count.nodes++
  if (typeof tree !== 'object' || tree === null) return
  if (isArray(tree)) {
    count.longest = Math.max(count.longest, tree.length)
    for (const item of tree) countTree(item, count)
  } else for (const item of Object.values(tree)) countTree(item, count)
}

function countOp(op: Op, count: Count): void {
  count.nodes++
  if (op.path.includes('/~2')) count.names++
  if (op.kind === 'set' || op.kind === 'put' || op.kind === 'fill') countTree(op.value, count)
  if (op.kind === 'append' || op.kind === 'insert') {
    countTree(op.items, count)
    count.added += op.items.length
  }
  if (op.kind === 'insert') count.names += 2
  if (op.kind === 'remove' || op.kind === 'order') count.names += op.names.length
}

function countMemory({ items, members }: Memory, count: Count): void {
  for (const { names } of items) count.nodes += 1 + names.size
  for (const inner of members.values()) countMemory(inner, count)
}
