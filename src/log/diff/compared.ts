/** What `diff` looks at, one path after the other. */
import type { Tree } from '../../tree/tree.ts'
import type { Memory } from '../format/memory.ts'

/** What is compared at one path. */
export interface Compared {
  readonly before: Tree | undefined
  readonly after: Tree
  /** What the ops are for, at this path; `undefined` where only the schema shows something. */
  readonly named: Tree | undefined
  readonly memory: Memory | undefined
  readonly path: string
}

/** Compares what is inside of two values. */
export type Compare = (compared: Compared) => void
