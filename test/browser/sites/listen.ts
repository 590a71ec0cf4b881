import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  readonly port: number
  close(): Promise<void>
}

const PATIENCE_MS = 15_000

export async function listen(handler: RequestListener): Promise<Listening> {
  // On a busy machine a browser may use a connection just when the default of 5 s closes it.
  const server = createServer({ keepAliveTimeout: 120_000 }, handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))

export const html = (body: string): string =>
  `<!doctype html><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">${body}`

/** Where requests wait until they are let go. */
export class Gate {
  #waiting: (() => void)[] = []

  get size(): number {
    return this.#waiting.length
  }

  async wait(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('Nobody let it go')), PATIENCE_MS)
      this.#waiting.push(() => {
        clearTimeout(late)
        resolve()
      })
    })
  }

  letGo(): void {
    for (const go of this.#waiting.splice(0)) go()
  }
}

/** Where requests wait for each other, so that none is sent after another was answered. */
export class Meeting {
  readonly #gate = new Gate()

  /** Waits until `size` requests are here; with 1 or less it does not wait. */
  async join(size: number): Promise<void> {
    if (size <= 1) return
    const met = this.#gate.wait()
    if (this.#gate.size === size) this.#gate.letGo()
    await met
  }
}
