/** Options, migrations, schemas, stores, events and errors. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  type AnySessionOptions,
  CarryonError,
  type CarryonErrorCode,
  ConfigError,
  type CookieOptions,
  createSessions,
  type InitialSessionOptions,
  type KeySize,
  type Migrate,
  type MigrationStep,
  type OverflowFailure,
  type OverflowStore,
  OverflowUnavailable,
  type PartialSessionOptions,
  type RejectionReason,
  rejectionReasons,
  SchemaInvalid,
  type SchemaIssue,
  type SchemaSessionOptions,
  SessionCommitted,
  SessionDestroyed,
  type SessionEvent,
  type SessionOptions,
  SessionTooLarge,
  type StandardSchema,
  ValueError,
} from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { unstorageStore } from '../../src/stores/unstorage.ts'
import { workersKV } from '../../src/stores/workers-kv.ts'
import { SECRET as secrets } from '../support/visitor.ts'

interface Data {
  n: number
}

describe('options', () => {
  test('are told apart by initial and schema', () => {
    expectTypeOf<InitialSessionOptions<Data>>().toExtend<SessionOptions<Data>>()
    expectTypeOf<SchemaSessionOptions<Data>>().toExtend<SessionOptions<Data>>()
    expectTypeOf<AnySessionOptions<Data>>().toEqualTypeOf<
      SessionOptions<Data> | PartialSessionOptions<Data>
    >()
    expectTypeOf<SessionOptions<Data>['initial']>().toEqualTypeOf<() => Data>()
    expectTypeOf<PartialSessionOptions<Data>['initial']>().toEqualTypeOf<undefined>()
    expectTypeOf<SessionOptions<Data>['secrets']>().toEqualTypeOf<
      string | readonly string[] | undefined
    >()
    expectTypeOf<SessionOptions<Data>['onInvalid']>().toEqualTypeOf<'fail' | 'new' | undefined>()
  })

  test('of wrong types are refused', () => {
    // @ts-expect-error seconds are a number
    expect(() => createSessions({ secrets, idleTimeout: '5' })).toThrow(ConfigError)
    // @ts-expect-error there is no such thing
    expect(() => createSessions({ secrets, ideTimeout: 5 })).toThrow(ConfigError)
    // @ts-expect-error it has no `put`
    expect(() => createSessions({ secrets, overflow: { get: async () => 'x' } })).toThrow()
    // @ts-expect-error either fail or new
    expect(() => createSessions({ secrets, onInvalid: 'ignore' })).toThrow(ConfigError)
    // @ts-expect-error eager or lazy
    expect(() => createSessions({ secrets, overflowLoad: 'never' })).toThrow(ConfigError)
    // @ts-expect-error no schema
    expect(() => createSessions({ secrets, schema: { validate: () => true } })).toThrow()
    // @ts-expect-error `true` is no header
    expect(() => createSessions({ secrets, cacheControl: true })).toThrow(ConfigError)
    const cookie: CookieOptions = { sameSite: 'Lax', secure: 'auto', path: '/', name: 'shop' }
    createSessions({ secrets, cookie })
    // @ts-expect-error capitals count
    expect(() => createSessions({ secrets, cookie: { sameSite: 'lax' } })).toThrow(ConfigError)
  })
})

describe('a migration', () => {
  test('is a function, or steps that change or return the data', () => {
    expectTypeOf<MigrationStep>().parameters.toEqualTypeOf<[Record<string, unknown>]>()
    const migrations: Migrate[] = [
      (data, from) => {
        expectTypeOf(from).toEqualTypeOf<number>()
        data['x'] = from
      },
      (data, from) => (from < 2 ? { ...data, x: 1 } : data),
      async (data) => ({ ...data }),
      { 1: ({ a, ...rest }) => ({ ...rest, b: a }), 2: async (data) => data },
      {
        1: (data) => {
          data['x'] = 1
        },
        2: async (data) => {
          data['x'] = 2
        },
      },
    ]
    expect(migrations).toHaveLength(5)
    // @ts-expect-error a number is no data
    const wrong: Migrate = { 1: () => 5 }
    // @ts-expect-error steps are named by numbers
    const named: Migrate = { first: (data: object) => data }
    expect([wrong, named]).toHaveLength(2)
  })
})

describe('stores', () => {
  test('are made of what the platform has', () => {
    expectTypeOf(memoryStore()).toExtend<OverflowStore>()
    expectTypeOf(workersKV).returns.toExtend<OverflowStore>()
    expectTypeOf(unstorageStore).returns.toExtend<OverflowStore>()
    expectTypeOf<OverflowStore['get']>().toEqualTypeOf<
      (key: string) => Promise<string | undefined>
    >()
    expectTypeOf<OverflowStore['put']>().parameters.toEqualTypeOf<[string, string, number]>()
    // @ts-expect-error a Map is no KV namespace
    expect(() => workersKV(new Map())).toThrow()
    // @ts-expect-error nor a storage of unstorage
    expect(() => unstorageStore(new Map())).toThrow()
  })
})

describe('events and errors', () => {
  test('a switch over the type of an event can be exhaustive', () => {
    const types: Record<SessionEvent['type'], true> = {
      created: true,
      opened: true,
      committed: true,
      merged: true,
      folded: true,
      renewed: true,
      rotated: true,
      regenerated: true,
      destroyed: true,
      expired: true,
      rejected: true,
      'overflow-put': true,
      'overflow-get': true,
      'overflow-miss': true,
      'overflow-error': true,
      overwrote: true,
      'fell-back': true,
      crowded: true,
      'read-late': true,
      unstorable: true,
      revoked: true,
      'revocation-check': true,
      marked: true,
      'too-many-sessions': true,
      'revocation-error': true,
    }
    expect(Object.keys(types)).toHaveLength(25)
    expectTypeOf<
      Extract<SessionEvent, { type: 'rejected' }>['reason']
    >().toEqualTypeOf<RejectionReason>()
    expectTypeOf(rejectionReasons).toExtend<readonly RejectionReason[]>()
  })

  test('errors have a code and what they are about', () => {
    expectTypeOf<CarryonError['code']>().toEqualTypeOf<CarryonErrorCode>()
    for (const kind of [ConfigError, ValueError, SchemaInvalid, SessionCommitted])
      expectTypeOf(kind.prototype).toExtend<CarryonError>()
    for (const kind of [SessionDestroyed, SessionTooLarge, OverflowUnavailable])
      expectTypeOf(kind.prototype).toExtend<CarryonError>()
    expectTypeOf<ValueError['path']>().toEqualTypeOf<string>()
    expectTypeOf<SessionTooLarge['largest']>().toEqualTypeOf<readonly KeySize[]>()
    expectTypeOf<OverflowUnavailable['failure']>().toEqualTypeOf<OverflowFailure>()
    expectTypeOf<SchemaInvalid['issues']>().toEqualTypeOf<readonly SchemaIssue[]>()
    expectTypeOf<SchemaIssue>().toEqualTypeOf<{ readonly path: string; readonly message: string }>()
    expectTypeOf<SchemaInvalid['when']>().toEqualTypeOf<'open' | 'save'>()
    expect(new ConfigError('x')).toBeInstanceOf(CarryonError)
  })

  test('a schema of any library is one of ours', () => {
    expectTypeOf<StandardSchema<Data>>().toExtend<StandardSchema>()
    expectTypeOf<StandardSchema<{ n: string }>>().not.toExtend<StandardSchema<Data>>()
  })
})
