/** What changed between two states, as ops. */
import type { Op } from '../codec/fragment.ts';
import { type TreeObject } from '../codec/tree.ts';
/**
 * The ops that lead from `before` to `after`. Plain objects are compared path by path; an array that
 * only grew becomes an append; everything else that differs is set whole.
 */
export declare function diff(before: TreeObject, after: TreeObject): Op[];
