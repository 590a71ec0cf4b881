/**
 * A response of `node:http` that waits for its session. The session is saved when the headers are to leave, which takes
 * a promise, and Node's methods are none. So what the app does from there on is held back until the cookies are known.
 */
import { headersOf, type NodeHeaders } from '../http/node-headers.ts'

/** What is used of a response of `node:http` or `node:http2`. */
export interface NodeResponse {
  /** The status that leaves if `writeHead()` is not called. */
  statusCode: number
  /** All headers that are set. */
  readonly getHeaders: () => NodeHeaders
  /** Sets a header. */
  readonly setHeader: (name: string, value: number | string | readonly string[]) => unknown
  /** Removes a header. */
  readonly removeHeader: (name: string) => unknown
  /** Sends the headers. */
  readonly writeHead: (...given: never[]) => unknown
  /** Sends a part of the body. */
  readonly write: (...given: never[]) => unknown
  /** Sends the rest. */
  readonly end: (...given: never[]) => unknown
  /** Tells listeners. */
  readonly emit: (event: 'drain') => unknown
  /** Closes the connection. */
  readonly destroy: (error?: Error) => unknown
}

/** What a response has when its headers are to leave. */
export interface Head {
  readonly status: number
  readonly headers: NodeHeaders
}

/** What happens to a response. */
export interface HeldSession {
  /** Whether the headers depend on the session. Where they do not, nothing waits. */
  readonly isNeeded: () => boolean
  /** Saves the session, and makes all headers of the response. */
  readonly headers: (head: Head) => Promise<Headers>
  /** Is told why it could not be saved. Nothing has left: the response can be another one. */
  readonly failed: (error: unknown) => void
}

type Method = 'writeHead' | 'write' | 'end' | 'flushHeaders'

/** What cannot be done any more once the headers are on their way. */
const LATE = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const

/** Holds a response back until its session is saved. */
export function hold(response: NodeResponse, saving: HeldSession): void {
  new HeldResponse(response, saving)
}

class HeldResponse {
  readonly #response: NodeResponse
  readonly #saving: HeldSession
  readonly #before: { readonly status: number; readonly headers: NodeHeaders }
  /** `open`: nothing was sent. `held`: it is saved. `sent`: nothing is held back any more. */
  #phase: 'open' | 'held' | 'sent' = 'open'
  #calls: (readonly [method: Method, run: () => unknown])[] = []
  #uncover: (() => void)[] = []

  constructor(response: NodeResponse, saving: HeldSession) {
    this.#response = response
    this.#saving = saving
    this.#before = { status: response.statusCode, headers: { ...response.getHeaders() } }
    const writeHead = this.#original('writeHead')
    this.#replace('writeHead', (status, ...more) => this.#writeHead(writeHead, status, more))
    this.#intercept('write', false)
    this.#intercept('end', response)
    this.#intercept('flushHeaders', undefined)
  }

  /** The method as it was, also where another middleware has put its own there. */
  #original(method: Method): (...given: readonly unknown[]) => unknown {
    const original: unknown = Reflect.get(this.#response, method)
    if (typeof original !== 'function') throw new TypeError(`This response has no ${method}().`)
    return (...given) => Reflect.apply(original, this.#response, given)
  }

  #replace(name: string, value: (...given: unknown[]) => unknown): void {
    Object.defineProperty(this.#response, name, { configurable: true, writable: true, value })
  }

  #intercept(method: Method, held: unknown): void {
    const original = this.#original(method)
    this.#replace(method, (...given) => {
      if (this.#phase === 'open') this.#begin()
      if (this.#phase === 'sent') return original(...given)
      this.#calls.push([method, () => original(...given)])
      return held
    })
  }

  #writeHead(
    original: (...given: readonly unknown[]) => unknown,
    status: unknown,
    more: readonly unknown[],
  ): unknown {
    const response = this.#response
    const isStatus = typeof status === 'number' && status >= 100 && status <= 999
    if (this.#phase === 'sent' || !isStatus) return original(status, ...more)
    if (this.#phase === 'held') {
      // So do middlewares that compress, which do not see that it was called.
      if (status === response.statusCode && more.every((each) => each === undefined))
        return response
      throw headersSent('write')
    }
    if (!this.#saving.isNeeded()) {
      this.#begin()
      return original(status, ...more)
    }
    const [first, second] = more
    const message = typeof first === 'string' ? [first] : []
    setAll(response, second ?? (typeof first === 'string' ? undefined : first))
    response.statusCode = status
    this.#begin()
    this.#calls.push(['writeHead', () => original(status, ...message)])
    return response
  }

  /** The headers are to leave. */
  #begin(): void {
    const { statusCode: status } = this.#response
    const isNeeded = this.#saving.isNeeded()
    const made = this.#saving.headers({ status, headers: this.#response.getHeaders() })
    if (!isNeeded) {
      this.#phase = 'sent'
      return
    }
    this.#phase = 'held'
    this.#cover('headersSent', { get: () => true })
    for (const name of LATE) {
      this.#cover(name, {
        value: () => {
          throw headersSent(name === 'removeHeader' ? 'remove' : 'set')
        },
      })
    }
    made.then(
      (headers) => this.#release(status, headers),
      (error: unknown) => this.#fail(error),
    )
  }

  #cover(name: string, descriptor: PropertyDescriptor): void {
    const own = Object.getOwnPropertyDescriptor(this.#response, name)
    Object.defineProperty(this.#response, name, { ...descriptor, configurable: true })
    this.#uncover.push(() => {
      if (own) Object.defineProperty(this.#response, name, own)
      else Reflect.deleteProperty(this.#response, name)
    })
  }

  #release(status: number, headers: Headers): void {
    const response = this.#response
    this.#uncoverAll()
    this.#phase = 'sent'
    const calls = this.#calls
    this.#calls = []
    try {
      apply(response, headers)
      response.statusCode = status
      const [method, result] = calls.reduce<readonly [Method | undefined, unknown]>(
        (_, [called, run]) => [called, run()],
        [undefined, undefined],
      )
      // Whoever was told to wait, and need not any more.
      if (method === 'write' && result === true) response.emit('drain')
    } catch (error) {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #fail(error: unknown): void {
    const response = this.#response
    this.#uncoverAll()
    this.#calls = []
    this.#phase = 'open'
    for (const name of Object.keys(response.getHeaders())) response.removeHeader(name)
    setAll(response, this.#before.headers)
    response.statusCode = this.#before.status
    this.#saving.failed(error)
  }

  #uncoverAll(): void {
    for (const undo of this.#uncover) undo()
    this.#uncover = []
  }
}

/** Sets headers as `writeHead()` takes them: an object, a list of names and values, or a list of pairs. */
function setAll(response: NodeResponse, given: unknown): void {
  if (typeof given !== 'object' || given === null) return
  const pairs = Array.isArray(given) ? pairsOf(given) : Object.entries(given)
  const byName = new Map<string, { name: string; values: unknown[] }>()
  for (const [name, value] of pairs) {
    const key = String(name).toLowerCase()
    const values = [...(byName.get(key)?.values ?? []), ...[value].flat()]
    byName.set(key, { name: String(name), values })
  }
  for (const { name, values } of byName.values()) {
    const [value] = values
    Reflect.apply(response.setHeader, response, [name, values.length === 1 ? value : values])
  }
}

function pairsOf(list: readonly unknown[]): (readonly [name: unknown, value: unknown])[] {
  if (Array.isArray(list[0]))
    return list.map((pair) => (Array.isArray(pair) ? [pair[0], pair[1]] : [pair, '']))
  return list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1]] as const] : []))
}

/** Makes the headers of a response those that were made of them. */
function apply(response: NodeResponse, made: Headers): void {
  const before = headersOf(response.getHeaders())
  for (const name of before.keys()) if (!made.has(name)) response.removeHeader(name)
  for (const [name, value] of made)
    if (name !== 'set-cookie' && before.get(name) !== value) response.setHeader(name, value)
  const cookies = made.getSetCookie()
  if (cookies.length > before.getSetCookie().length) response.setHeader('Set-Cookie', cookies)
}

/** The error that Node throws. */
function headersSent(verb: string): Error {
  const error = new Error(`Cannot ${verb} headers after they are sent to the client`)
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' })
}
