/** Which of several sessions in one jar counts: the newest that has not ended. */
import { type Fragment, type SessionHead } from '../codec/fragment.ts';
/**
 * How long an answer of a session that has ended may still be on its way: the request may have been
 * sent just before the end of one that was in flight for two minutes itself, and clocks differ.
 */
export declare const LATE_SECONDS = 300;
/** A fragment that the view does not use, and why. */
export interface Dropped {
    readonly fragment: Fragment;
    /**
     * `superseded`: of an older session, or a base that a later one replaces. `ended`: of a session
     * that a tombstone ends. `orphaned`: a log whose base or parents are not there. `expired`: of a
     * session that was not renewed in time.
     */
    readonly reason: 'superseded' | 'ended' | 'orphaned' | 'expired';
}
/** What {@link selectSession} found. */
export interface Selection {
    /** The sid of the session that counts. */
    readonly chosen: string | undefined;
    readonly tombstones: readonly Fragment[];
    readonly dropped: readonly Dropped[];
}
/**
 * Chooses the session of a view: of those that have a base and have not ended, the one of the
 * highest generation, and of these the one that started last. A session that is not newer than an
 * ended one is dropped with it.
 */
export declare function selectSession(fragments: readonly Fragment[]): Selection;
/** Whether session `a` takes precedence over `b`. */
export declare function isNewer(a: SessionHead, b: SessionHead): boolean;
