/** Types of the messages that an app leaves with `flash()`. */

/** Where the type of the data tells of messages. No value has it. */
declare const messages: unique symbol

/**
 * The type of a session's data, with the messages that `flash()` takes: then `flash()`, `flashed` and `flashes` know
 * their keys and values. It changes types only.
 *
 * @example
 * ```ts
 * import type { WithMessages } from 'carryon'
 *
 * type Data = WithMessages<{ cart: Record<string, number> }, { notice: string; saved: boolean }>
 *
 * const sessions = createSessions<Data>({ secrets, initial: () => ({ cart: {} }) })
 * const session = await sessions.open(request)
 * session.flash('notice', 'Saved.') // flash('notcie', …) would not compile
 * console.log(session.flashed.notice?.toUpperCase())
 * ```
 */
export type WithMessages<Data extends object, Messages extends object> = Data & {
  readonly [messages]?: Messages
}

/** The messages of a type of data: those that {@link WithMessages} told, or any. */
export type MessagesOf<Data> = Data extends { readonly [messages]?: infer Messages }
  ? typeof messages extends keyof Data
    ? NonNullable<Messages>
    : AnyMessages
  : AnyMessages

/** What messages are where nobody tells. */
export type AnyMessages = Record<string, unknown>

/** A message of these, as `flashes` shows it. */
export type MessageIn<Messages> = {
  [Key in keyof Messages & string]: {
    /** The first argument of `flash()`. */
    readonly key: Key
    /** The second one. */
    readonly value: Messages[Key]
  }
}[keyof Messages & string]
