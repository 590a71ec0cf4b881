/** A child process: the demo on a plain Node server. */

import { serve } from '@hono/node-server'
import { clientErrorHandler } from '../../src/node.ts'
import { createApp } from '../app.ts'
import { runChild, type Service } from './child.ts'
import { type ClusterEnv, clusterStores } from './store.ts'

/** What a Node node has to run. */
export interface NodeTask {
  readonly env: ClusterEnv
}

runChild<NodeTask>(async ({ env }) => {
  const app = createApp(clusterStores)
  // One environment object for all requests, as on Workers: the session middleware reads it once.
  const fetch = (request: Request) => app.fetch(request, env)
  return new Promise<Service>((resolve) => {
    const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
      const close = () => new Promise<void>((closed) => server.close(() => closed()))
      resolve({ port, close })
    })
    server.on('clientError', clientErrorHandler())
  })
})
