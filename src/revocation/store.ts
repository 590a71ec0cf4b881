/**
 * The revocation store: where marks stand that end sessions.
 *
 * A mark says for a key: what started before this moment is over. There is one for each key that was revoked, and none
 * for any other. Nothing else is needed, so a store has two methods. A store that can also list the sessions of a user
 * has a {@link SessionRegistry}.
 *
 * @module
 */
import { MIN_TTL_SECONDS } from '../overflow/store.ts'
import { pause, withTimeout } from '../overflow/timeout.ts'
import { hasMethod, memberOf } from '../tree/unknown.ts'
import { InvalidMark, type Mark, requireMark } from './marks.ts'
import { type RegistryReply, type RegistryRequest, requireReply } from './registry.ts'

/**
 * A store for revocation marks. Implement it to use a service of your own.
 *
 * What carryon promises to a store:
 *
 * - A key is 43 characters of `[A-Za-z0-9_-]`, a digest: it does not tell what was revoked.
 * - A mark is 10 to 60 printable ASCII characters that begin with a letter.
 * - A time to live is a whole number of seconds, at least 60. It is as long as a session that was revoked could have lived.
 * - A store that is immediate gets the mark of a user or a key twice, at least 10 ms apart: while `revoke()` is under way,
 *   and when it is over. Otherwise no key is put twice within a second, unless the app revokes the same key or ends the
 *   same session twice.
 *
 * What a store promises:
 *
 * - `get` returns for each key exactly what was put last, or nothing. It asks for all keys at once.
 * - `put` resolves only when the mark is acknowledged, and the mark survives the process that wrote it.
 * - A miss is not an outage: `get` gives `undefined` for the one and rejects for the other.
 * - A mark stays for at least `ttlSeconds`. One that is dropped earlier brings back what it ended.
 *
 * @example
 * ```ts
 * import type { RevocationStore } from 'carryon'
 * import { Redis } from 'ioredis'
 *
 * const redis = new Redis({ commandTimeout: 1000 })
 * const store: RevocationStore = {
 *   isImmediate: true,
 *   get: async (keys) => (await redis.mget(...keys)).map((mark) => mark ?? undefined),
 *   put: async (key, mark, ttlSeconds) => {
 *     await redis.set(key, mark, 'EX', ttlSeconds)
 *   },
 * }
 * createSessions({ secrets, revocation: { store, onUnavailable: 'deny' } })
 * ```
 */
export interface RevocationStore {
  /**
   * Whether every node sees a mark as soon as `put` has resolved. Where it is so, a login always knows which marks came
   * before it, and a mark also ends what a node with a fast clock started up to a minute after it.
   */
  readonly isImmediate: boolean
  /**
   * Reads the marks of some keys, in the same order. `undefined` for a key that has none.
   *
   * @throws the error of the service, if it could not be asked
   * @example
   * ```ts
   * import { memoryMarks } from 'carryon/memory'
   *
   * const [mark] = await memoryMarks().get(['key']) // undefined
   * ```
   */
  get(keys: readonly string[]): Promise<readonly (string | undefined)[]>
  /**
   * Puts a mark in the place of the one that is there. Resolves once the store has acknowledged it.
   *
   * @param ttlSeconds - how long the mark must stay, in seconds from now
   * @throws the error of the service. The mark may have been written or not.
   * @example
   * ```ts
   * import { memoryMarks } from 'carryon/memory'
   *
   * await memoryMarks().put('key', 'carryon1.1764194400000', 43_200)
   * ```
   */
  put(key: string, mark: string, ttlSeconds: number): Promise<void>
  /** Lists and counts the sessions of a user, where the store can do that. Without it, `list` and `maxSessions` do not work. */
  readonly registry?: SessionRegistry | undefined
}

/** The sessions of users. One place for each user, in which everything happens one after the other. */
export interface SessionRegistry {
  /**
   * Does something with the sessions of one user. Doing it twice is as good as once.
   *
   * @param subject - a digest of the user's id, as keys of a {@link RevocationStore} are
   * @throws the error of the service, if it could not be asked
   * @example
   * ```ts
   * import { memoryMarks } from 'carryon/memory'
   *
   * const reply = await memoryMarks().registry?.ask('subject', { do: 'list', now: Date.now() })
   * console.log(reply?.sessions.length)
   * ```
   */
  ask(subject: string, request: RegistryRequest): Promise<RegistryReply>
}

/** What carryon asks a store. Every call is bounded by a timeout, and what is no answer is thrown like what fails. */
export class StoreCalls {
  readonly #store: RevocationStore
  readonly #timeoutMs: number
  readonly #ttlMs: number

  /** @param ttlMs - how long marks stay */
  constructor(store: RevocationStore, timeoutMs: number, ttlMs: number) {
    this.#store = store
    this.#timeoutMs = timeoutMs
    this.#ttlMs = ttlMs
  }

  async get(keys: readonly string[]): Promise<readonly (Mark | undefined)[]> {
    const texts = await withTimeout(this.#store.get(keys), this.#timeoutMs)
    if (!Array.isArray(texts) || texts.length !== keys.length)
      throw new InvalidMark('The store did not answer for each key.')
    return texts.map((text) => (text === undefined ? undefined : requireMark(text)))
  }

  async put(key: string, mark: string): Promise<void> {
    const ttlSeconds = Math.max(MIN_TTL_SECONDS, Math.ceil(this.#ttlMs / 1000))
    await withTimeout(this.#store.put(key, mark, ttlSeconds), this.#timeoutMs)
  }

  async ask(key: string, request: RegistryRequest): Promise<RegistryReply> {
    const { registry } = this.#store
    if (!registry) throw new InvalidMark('The store has no registry.')
    return requireReply(await withTimeout(registry.ask(key, request), this.#timeoutMs), request)
  }
}

/** So long at least a mark is pending, in ms: a login that is on its way to the store finds it so. */
const SETTLING_MS = 10

/**
 * Waits between the two writes of a mark.
 *
 * @param writingMs - how long the first one took: others may be as slow
 */
export async function settling(writingMs: number): Promise<void> {
  await pause(Math.max(writingMs, SETTLING_MS))
}

/** Whether a value is a store for marks. */
export function isMarksStore(value: unknown): boolean {
  const registry = memberOf(value, 'registry')
  return (
    hasMethod(value, 'get') &&
    hasMethod(value, 'put') &&
    typeof memberOf(value, 'isImmediate') === 'boolean' &&
    (registry === undefined || hasMethod(registry, 'ask'))
  )
}
