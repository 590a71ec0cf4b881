/**
 * Hono middleware.
 *
 * ```ts
 * app.use(session({ secrets: process.env.SESSION_SECRETS, initial: () => ({ cart: {} }) }))
 * app.get('/', (c) => c.json(c.var.session.data))
 * ```
 *
 * @module
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { PartialSessionOptions, SchemaSessionOptions, SessionOptions } from './session/options.ts';
import { Session } from './session/session.ts';
export type { CookieOptions, PartialSessionOptions, SchemaSessionOptions, SessionOptions, } from './session/options.ts';
export type { Session } from './session/session.ts';
/** The variables that {@link session} adds to a context: `Hono<{ Variables: SessionVariables<Data> }>`. */
export type SessionVariables<Data extends object = Record<string, unknown>, Name extends string = 'session'> = {
    [Key in Name]: Session<Data>;
};
/** Options, or a function that gets them from a context: called once for each environment object. */
export type OptionsFrom<Options> = Options | ((c: Context) => Options);
/** Where the middleware puts the session. */
export interface Placement<Name extends string> {
    /**
     * The variable: `c.var[name]`. Two sessions in one app need two.
     *
     * @default 'session'
     */
    readonly variable: Name;
}
/**
 * Opens the session of each request as `c.var.session`, and saves what the handlers changed in it.
 *
 * The session is saved after the handler returned, unless it threw: then it stays as it was. The cookies go
 * onto whatever response there is in the end. An error while saving reaches `app.onError`.
 *
 * @throws ConfigError where options are wrong: at once, or with a function of the context at the first request
 */
export declare function session<Data extends object, Name extends string = 'session'>(options: OptionsFrom<SchemaSessionOptions<Data>>, placement?: Placement<Name>): MiddlewareHandler<{
    Variables: SessionVariables<Data, Name>;
}>;
export declare function session<Data extends object = Record<string, unknown>, Name extends string = 'session'>(options: OptionsFrom<SessionOptions<Data>>, placement?: Placement<Name>): MiddlewareHandler<{
    Variables: SessionVariables<Data, Name>;
}>;
export declare function session<Data extends object = Record<string, unknown>, Name extends string = 'session'>(options: OptionsFrom<PartialSessionOptions<Data>>, placement?: Placement<Name>): MiddlewareHandler<{
    Variables: SessionVariables<Partial<Data>, Name>;
}>;
