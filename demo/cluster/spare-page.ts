/** The page when no node can serve it: only there can they be brought back with a click. */

import { getRequestListener } from '@hono/node-server'
import { page } from '../page/routes.ts'
import type { Aside } from './balancer.ts'

const paths = new Set(page.routes.map(({ path }) => path))
const serve = getRequestListener(page.fetch, { overrideGlobalObjects: false })

export const sparePage: Aside = (incoming, outgoing) => {
  const [path = ''] = (incoming.url ?? '').split('?')
  if (incoming.method !== 'GET' || !paths.has(path)) return false
  void serve(incoming, outgoing)
  return true
}
