/** The error for a change, such as `set() was called on data of the session`. */
export type Refusal = (action: string) => Error;
/**
 * Freezes what the session made itself. What the app put into the data may be shared with the rest of it, such
 * as a list of defaults or a cached record: a frozen copy takes its place.
 */
export declare class Freezer {
    #private;
    /** Tells it that `value` and all that it holds, but for some keys, were made by the session. */
    adopt(value: unknown, except?: readonly string[]): void;
    /**
     * `value`, or a copy of it, so that changing it throws, in strict code as modules are. Bytes of a `Uint8Array`
     * cannot be frozen.
     *
     * @param except - keys of `value` that stay as they are
     */
    freeze(value: object, refuse: Refusal, except?: readonly string[]): object;
}
/** `data` as it was before it was frozen, with the same contents. */
export declare function thawed(data: object): object;
