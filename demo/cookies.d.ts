/** Name and size of one cookie that a request carried. */
export interface CookieSize {
    readonly name: string;
    /** Name plus value, which is what browsers hold to 4,096. */
    readonly bytes: number;
}
/**
 * Sizes of the cookies in a Cookie header. The page cannot look for itself: they are HttpOnly.
 */
export declare function cookieSizes(header: string | undefined): CookieSize[];
