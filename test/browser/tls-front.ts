/** What stands in front of servers in production: HTTPS and HTTP/2 outside, plain HTTP inside. */
import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { selfSigned } from './certificate.ts'

export interface TlsFront {
  readonly url: string
  close(): Promise<void>
}

// RFC 9113 section 8.2.2: HTTP/2 has none of these.
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade'])

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(
    ([name]) => !name.startsWith(':') && !HOP_BY_HOP.has(name),
  )
  return Object.fromEntries(kept)
}

/** `/__front/cookie?bytes=n` sets a cookie whose name and value have n bytes. */
function setCookieOf(bytes: number): string {
  const name = `__Host-bytes-${bytes}`
  return `${name}=${'v'.repeat(bytes - name.length)}; Path=/; Secure; HttpOnly`
}

export async function startTlsFront(target: string, host: string): Promise<TlsFront> {
  function handle(incoming: Http2ServerRequest, outgoing: Http2ServerResponse): void {
    const { pathname, searchParams } = new URL(incoming.url, target)
    if (pathname === '/__front/cookie') {
      outgoing.setHeader('set-cookie', setCookieOf(Number(searchParams.get('bytes'))))
      outgoing.end()
      return
    }
    const headers = { ...endToEnd(incoming.headers), host: incoming.authority }
    const upstream = request(new URL(incoming.url, target), { method: incoming.method, headers })
    upstream.once('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, endToEnd(response.headers))
      response.pipe(outgoing.stream)
    })
    upstream.once('error', () => outgoing.stream.destroy())
    incoming.pipe(upstream)
  }

  const sessions = new Set<ServerHttp2Session>()
  const server = createSecureServer(selfSigned(host), handle)
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://${host}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const session of sessions) session.destroy()
      await closed
    },
  }
}
