import { type Tree, type TreeObject } from '../codec/tree.ts';
import type { View } from '../jar/merge.ts';
import { type Changes } from './changes.ts';
import type { Prepared } from './prepare.ts';
/** A session during one request. `Session` is its public face. */
export declare class SessionState {
    #private;
    readonly view: View;
    /** When the request came in, in ms since 1970. */
    readonly opened: number;
    readonly prepared: Prepared;
    /** Whether the app looked at the session, so that the response depends on it. */
    read: boolean;
    destroyed: boolean;
    committed: boolean;
    /** Whether it is being saved: what is changed now would not be part of it. */
    saving: boolean;
    regenerated: boolean;
    subject: string | undefined;
    constructor(view: View, prepared: Prepared, transient: readonly string[], opened: number);
    get data(): object;
    set data(data: object);
    /** The data, if the handler looked at it. */
    get touchedData(): object | undefined;
    /** @throws SessionCommitted, SessionDestroyed */
    writing(action: string): void;
    fill(key: string, tree: Tree): void;
    /** A value that was fetched while the handler ran, or `undefined`. */
    loaded(key: string): Tree | undefined;
    increment(path: string | readonly string[], by: number): void;
    flash(key: string, value: unknown, name: string): void;
    get flashed(): Record<string, unknown>;
    destroy(): void;
    /** Closes the session: what changes from here on cannot be saved. */
    close(): void;
    /** The state that the data showed at first. */
    shown(): TreeObject;
    /**
     * The state that the data leads to now.
     *
     * @throws ValueError
     */
    after(): TreeObject;
    /**
     * What a migration changed, and then the handler, as ops on the state that is sealed.
     *
     * @param writing - whether there is another reason to write: then what a migration changed is written as well
     */
    changesTo(after: TreeObject, writing: boolean): Changes;
}
