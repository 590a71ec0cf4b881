/**
 * Adds `by` to the number at `keys`. What is not there counts as 0, and objects on the way are made.
 *
 * @throws ValueError
 */
export declare function incrementAt(data: object, keys: readonly string[], by: number): void;
