/**
 * The stores of the cluster: a real KV namespace behind the protocol of unstorage's http driver, and real Durable Objects.
 * It runs as one Worker in one process, because two Miniflare instances on one directory lose
 * writes.
 */

export { RevocationObject } from '../../src/stores/durable-object.ts'

interface StoreEnv {
  readonly REVOCATIONS: {
    idFromName(name: string): object
    get(id: object): { fetch(request: Request): Promise<Response> }
  }
  readonly SESSIONS: {
    get(key: string): Promise<string | null>
    put(key: string, value: string, options?: { expirationTtl: number }): Promise<void>
    delete(key: string): Promise<void>
  }
}

const MIN_TTL_SECONDS = 60
const operations = { get: 0, put: 0 }

async function answer(request: Request, env: StoreEnv): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === '/operations') return Response.json(operations)
  const name = /^\/marks\/(.+)$/.exec(pathname)?.[1]
  if (name !== undefined) {
    const { REVOCATIONS } = env
    return REVOCATIONS.get(REVOCATIONS.idFromName(decodeURIComponent(name))).fetch(request)
  }
  const key = /^\/kv\/(.+)$/.exec(pathname)?.[1]
  if (key === undefined) return new Response('Not found', { status: 404 })

  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      operations.get++
      const value = await env.SESSIONS.get(key)
      if (value === null) return new Response('Not found', { status: 404 })
      return new Response(value, { headers: { 'content-type': 'text/plain' } })
    }
    case 'PUT': {
      operations.put++
      const ttl = Math.max(MIN_TTL_SECONDS, Number(request.headers.get('x-ttl')) || 0)
      await env.SESSIONS.put(key, await request.text(), { expirationTtl: ttl })
      return new Response('OK')
    }
    case 'DELETE':
      await env.SESSIONS.delete(key)
      return new Response('OK')
    default:
      return new Response('Method not allowed', { status: 405 })
  }
}

export default { fetch: answer }
