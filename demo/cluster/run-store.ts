/** A child process: the store's Worker in its own Miniflare, which has Workers KV and Durable Objects. */

import { Miniflare } from 'miniflare'
import { runChild } from './child.ts'
import { COMPATIBILITY_DATE } from './compatibility.ts'

/** What the store has to run. */
export interface StoreTask {
  /** The Worker as one ES module. */
  readonly script: string
  /** Where the KV namespace `SESSIONS` is kept. */
  readonly directory: string
  readonly port: number
}

runChild<StoreTask>(async ({ script, directory, port }) => {
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port,
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: directory,
    workers: [
      {
        config: {
          name: 'store',
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: ['no_nodejs_compat'],
          manifest: {
            mainModule: 'worker.js',
            modules: { 'worker.js': { type: 'esm', contents: script } },
          },
          env: {
            SESSIONS: { type: 'kv', id: 'sessions' },
            REVOCATIONS: {
              type: 'durable-object',
              worker: 'store',
              exportName: 'RevocationObject',
            },
          },
          exports: { RevocationObject: { type: 'durable-object', storage: 'sqlite' } },
        },
      },
    ],
  })
  const url = await miniflare.ready
  return { port: Number(url.port), close: () => miniflare.dispose() }
})
