/** What a response writes that brought a session up to date before it changed it. */
import type { Op } from '../codec/fragment.ts';
import { type Current } from './merge.ts';
import { type Plan, type Write } from './plan.ts';
/**
 * Plans `earlier` as a write of its own, at the time when the request came in, and `write` after it. What
 * follows from the state alone is as old as the reading of it: what another response has written since then
 * comes later, and stays.
 *
 * @param openedAt - when the request came in, in ms since 1970
 */
export declare function planInTurn(current: Current, earlier: readonly Op[], openedAt: number, write: Write): Plan;
