/**
 * Sessions that travel with the request: encrypted in the cookies of the browser, and merged by
 * every server.
 *
 * @module
 */

export type { AnyMessages, MessageIn, MessagesOf, WithMessages } from './data/messages.ts'
export type { PathTo } from './data/paths.ts'
export {
  CarryonError,
  type CarryonErrorCode,
  ConfigError,
  type KeySize,
  type OverflowFailure,
  OverflowUnavailable,
  type RejectionReason,
  type RevocationFailure,
  type RevocationOperation,
  RevocationUnavailable,
  rejectionReasons,
  SchemaInvalid,
  type SchemaIssue,
  SessionCommitted,
  SessionDestroyed,
  SessionTooLarge,
  TooManySessions,
  ValueError,
} from './errors.ts'
export type { SessionEvent } from './events.ts'
export { createSessions } from './fetch.ts'
export type { NodeHeaders } from './http/node-headers.ts'
export type { Migrate, Migrated, MigrationStep } from './options/migration.ts'
export type {
  AcceptedSession,
  AnySessionOptions,
  BaseSessionOptions,
  CookieOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  RevocationOptions,
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
export type { RevocationTarget } from './revocation/keys.ts'
export type { Most, RegistryReply, RegistryRequest, SessionRow } from './revocation/registry.ts'
export type { RevocationStore, SessionRegistry } from './revocation/store.ts'
export type { FlashMessage, Session } from './session/session.ts'
export type {
  ListedSession,
  OptionsOrMaker,
  RequestLike,
  ResponseSoFar,
  SessionCookie,
  Sessions,
} from './sessions.ts'
