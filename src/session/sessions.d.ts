/** Opens and commits sessions: the entry to all layers below. Adapters are thin skins over this. */
import { type ResolvedOptions } from './resolve.ts';
import { Session } from './session.ts';
/** A session that was opened, and what its adapter needs to know. */
export interface OpenSession<Data extends object> {
    readonly session: Session<Data>;
    /** The Set-Cookie headers, once they are made. The same ones however often it is called. */
    commit(): Promise<readonly string[]>;
    /** Gives up what was not committed, since the handler threw. Those that `session.commit()` made before. */
    rollBack(): readonly string[];
    /** Whether the app looked at the session, so that the response depends on it. */
    wasRead(): boolean;
}
/** Opens the session of a request. Never throws for what the request carries. */
export declare function openSession<Data extends object>(url: URL, cookieHeader: string, options: ResolvedOptions): Promise<OpenSession<Data>>;
