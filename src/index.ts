/**
 * Sessions that travel with the request: encrypted into the browser's cookies, merged by every node.
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
export type { OverflowStore } from './overflow/store.ts'
export { createSessions, type Sessions } from './session/create.ts'
export type { SessionEvent } from './session/events.ts'
export type {
  AnySessionOptions,
  BaseSessionOptions,
  CookieOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
  SessionOptions,
} from './session/options.ts'
export type { Migrate, Migrated, MigrationStep } from './session/schema.ts'
export type { Session } from './session/session.ts'
export type {
  SchemaProblem,
  SchemaResult,
  StandardSchema,
} from './session/standard-schema.ts'
export type { NotStorable, Storable, StorableParts, Stored } from './session/storable.ts'
