/**
 * Sessions that travel with the request: encrypted in the cookies of the browser, and merged by
 * every server.
 *
 * @module
 */

export {
  CarryonError,
  type CarryonErrorCode,
  ConfigError,
  type KeySize,
  type OverflowFailure,
  OverflowUnavailable,
  type RejectionReason,
  rejectionReasons,
  SchemaInvalid,
  type SchemaIssue,
  SessionCommitted,
  SessionDestroyed,
  SessionTooLarge,
  ValueError,
} from './errors.ts'
export type { SessionEvent } from './events.ts'
export { createSessions, type OptionsOrMaker, type Sessions } from './fetch.ts'
export type { Migrate, Migrated, MigrationStep } from './options/migration.ts'
export type {
  AnySessionOptions,
  BaseSessionOptions,
  CookieOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
  SessionOptions,
} from './options/options.ts'
export type {
  SchemaProblem,
  SchemaResult,
  StandardSchema,
} from './options/standard-schema.ts'
export type { NotStorable, Storable, StorableParts, Stored } from './options/storable.ts'
export type { OverflowStore } from './overflow/store.ts'
export type { FlashMessage, Session } from './session/session.ts'
