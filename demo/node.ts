/**
 * What a node knows about itself, and two things that it can be asked for: to be slow, and to die.
 */

import { createMiddleware } from 'hono/factory'
import type { Env } from './env.ts'

const MAX_DELAY_MS = 60_000
/** Where anybody may ask: enough for the page. */
const MAX_PUBLIC_DELAY_MS = 3_000

/** The part of Hono's context that is needed, whatever else the context holds. */
interface Asked {
  readonly env: Env
  readonly req: { readonly raw: Request; query(name: string): string | undefined }
}

/** Which node this is: its name in the cluster, or the Cloudflare location. */
export function nodeName(c: Asked): string {
  return c.env.NODE_NAME ?? (c.req.raw as { cf?: { colo?: string } }).cf?.colo ?? 'here'
}

export function inCluster(c: Asked): boolean {
  return c.env.CLUSTER === '1'
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** `?delay=ms`: the handler begins so much later than the session was opened. */
export const delay = createMiddleware<{ Bindings: Env }>(async (c, next) => {
  const ms = Number(c.req.query('delay'))
  const most = inCluster(c) ? MAX_DELAY_MS : MAX_PUBLIC_DELAY_MS
  if (ms > 0) await sleep(Math.min(ms, most))
  await next()
})

/**
 * `?die=after`: the node is killed when the handler has returned and nothing of the answer has left.
 * A Worker cannot kill itself, so every node asks the cluster for it, and waits for its end.
 */
export async function dieBeforeTheAnswer(c: Asked): Promise<void> {
  if (!inCluster(c) || c.req.query('die') !== 'after') return
  await fetch(`${c.env.CLUSTER_URL}/__cluster/kill/${nodeName(c)}`, { method: 'POST' })
  await sleep(MAX_DELAY_MS)
}
