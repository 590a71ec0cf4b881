/** A child process: one Worker in its own Miniflare, and thus in its own workerd. */

import { Miniflare } from 'miniflare'
import { runChild } from './child.ts'

/** What a workerd node has to run. */
export interface WorkerdTask {
  /** The Worker as one ES module. */
  readonly script: string
  /** Its text bindings. */
  readonly env: Readonly<Record<string, string>>
  /** Binds the KV namespace `SESSIONS`, kept in this directory. */
  readonly kvDirectory?: string
  readonly port: number
}

// As in wrangler.toml.
const COMPATIBILITY_DATE = '2026-10-20'

runChild<WorkerdTask>(async ({ script, env, kvDirectory, port }) => {
  const texts = Object.entries(env).map(([name, value]) => [name, { type: 'text', value }] as const)
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port,
    cf: false,
    telemetry: { enabled: false },
    ...(kvDirectory === undefined ? {} : { resourcePersistencePath: kvDirectory }),
    workers: [
      {
        config: {
          name: 'demo',
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: ['no_nodejs_compat'],
          manifest: {
            mainModule: 'worker.js',
            modules: { 'worker.js': { type: 'esm', contents: script } },
          },
          env: {
            ...Object.fromEntries(texts),
            ...(kvDirectory === undefined ? {} : { SESSIONS: { type: 'kv', id: 'sessions' } }),
          },
        },
      },
    ],
  })
  const url = await miniflare.ready
  return { port: Number(url.port), close: () => miniflare.dispose() }
})
