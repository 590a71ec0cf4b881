/** Cookie headers: ours out of a request's, and the Set-Cookie of ours (RFC 6265bis §4.1, §5.6). */
/** The most bytes of name plus value that a browser keeps; more, and it drops the cookie silently. */
export declare const MAX_COOKIE_BYTES = 4096;
/** How many of our cookies are opened for one request at the most. */
export declare const MAX_FRAGMENTS = 64;
/** The longest lifetime that a browser grants: 400 days. */
export declare const MAX_AGE_SECONDS = 34560000;
/** The attributes of our cookies. */
export interface CookieAttributes {
    /** `__Host-name.`, `__Secure-name.` or `name.`; an id follows. */
    readonly prefix: string;
    readonly path: string;
    readonly domain: string | undefined;
    readonly sameSite: 'Strict' | 'Lax' | 'None';
    readonly secure: boolean;
    readonly partitioned: boolean;
}
/** One of our cookies, as a request carries it. */
export interface FoundCookie {
    readonly id: string;
    readonly value: string;
}
/** What {@link findCookies} found. */
export interface FoundCookies {
    /** At most {@link MAX_FRAGMENTS}, in the order of the header. */
    readonly cookies: readonly FoundCookie[];
    /** Ids of cookies that are larger than any that a browser keeps. */
    readonly oversized: readonly string[];
    /** How many have our name and, after it, something that is not an id of ours. */
    readonly foreign: number;
    /** How many came after the limit. */
    readonly surplus: number;
}
/** The cookies of a Cookie header whose names begin with `prefix`. Of two with one name, the first counts. */
export declare function findCookies(header: string, prefix: string): FoundCookies;
/** The bytes of name plus value of a cookie with an `id` and a value of `length` characters, all ASCII. */
export declare function cookieBytes(attributes: CookieAttributes, id: string, length: number): number;
/** The Set-Cookie header of one of our cookies. `maxAge` is in seconds. */
export declare function setCookie(attributes: CookieAttributes, id: string, value: string, maxAge: number): string;
/** The Set-Cookie header that deletes one of our cookies. It needs the place, and nothing else. */
export declare function deleteCookie(attributes: CookieAttributes, id: string): string;
