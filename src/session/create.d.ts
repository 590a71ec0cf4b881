import type { PartialSessionOptions, SchemaSessionOptions, SessionOptions } from './options.ts';
import type { Session } from './session.ts';
/** What {@link createSessions} returns. */
export interface Sessions<Data extends object> {
    /** Opens the session of a request. It never throws for what the request carries. */
    open(request: Request): Promise<Session<Data>>;
    /**
     * Saves what changed, and returns the response with the cookies on it. Where nothing changed and the
     * session was not looked at, it is the same response.
     *
     * @throws ValueError, SessionTooLarge, OverflowUnavailable: nothing is saved then
     */
    commit(session: Session<Data>, response: Response): Promise<Response>;
    /**
     * A `fetch` handler around `fn`: opens before it and commits after it. Where `fn` throws, nothing is saved.
     */
    handle(fn: (request: Request, session: Session<Data>) => Response | Promise<Response>): (request: Request) => Promise<Response>;
    /**
     * Reads the session of headers alone, such as those of a WebSocket upgrade. It cannot be saved.
     *
     * @param url - where the request went; only its scheme and host count. Default: some https address, so
     *   that only cookies with a prefix are read
     */
    read(headers: Headers, url?: string | URL): Promise<Session<Data>>;
}
/**
 * Sessions with `options`, which are checked at once.
 *
 * @throws ConfigError
 */
export declare function createSessions<Data extends object>(options: SchemaSessionOptions<Data>): Sessions<Data>;
export declare function createSessions<Data extends object = Record<string, unknown>>(options: SessionOptions<Data>): Sessions<Data>;
export declare function createSessions<Data extends object = Record<string, unknown>>(options: PartialSessionOptions<Data>): Sessions<Partial<Data>>;
