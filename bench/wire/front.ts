/** HTTP/2 in front of an app, and what browsers send over it: header blocks, as HPACK packed them. */
import { once } from 'node:events'
import { createServer, type Http2Server } from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { getRequestListener } from '@hono/node-server'
import type { Certificate } from '../../test/browser/certificate.ts'
import { PUBLIC_HOST } from '../../test/browser/chromium.ts'

/** What a request took. */
export interface Sent {
  readonly path: string
  /** Bytes of its header block in HEADERS and CONTINUATION frames, without padding (RFC 9113 §6.2, §6.10). */
  readonly block: number
  /** Bytes of the header Cookie, as HTTP/1.1 would send it. */
  readonly cookie: number
}

export interface Front {
  readonly url: string
  /** All requests so far. */
  readonly sent: readonly Sent[]
  close(): Promise<void>
}

/** Starts one. `tableBytes` is SETTINGS_HEADER_TABLE_SIZE, as it is told to the browser. */
export async function startFront(
  fetch: (request: Request) => Response | Promise<Response>,
  tableBytes: number,
  certificate: Certificate,
): Promise<Front> {
  const sent: Sent[] = []
  const blocks = new Map<string, number>()
  const server = createServer(
    { settings: { headerTableSize: tableBytes } },
    getRequestListener(fetch),
  )
  server.on('stream', (stream, headers) => {
    const block = blocks.get(`${stream.session?.socket.remotePort} ${stream.id}`)
    if (block === undefined) throw new Error('a request whose headers were not seen')
    const { cookie = '', ':path': path = '' } = headers
    sent.push({ path, block, cookie: cookie.length })
  })
  await listening(server)

  const sockets = new Set<Socket>()
  const proxy = createTlsServer({ ...certificate, ALPNProtocols: ['h2'] }, (outside) => {
    const inside = connect(portOf(server), '127.0.0.1')
    for (const socket of [outside, inside]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket)).once('error', () => socket.destroy())
    }
    outside.pipe(inside).pipe(outside)
    const count = frameCounter((stream, bytes) => {
      const key = `${inside.localPort} ${stream}`
      blocks.set(key, (blocks.get(key) ?? 0) + bytes)
    })
    outside.on('data', count)
  })
  await listening(proxy)

  return {
    url: `https://${PUBLIC_HOST}:${portOf(proxy)}`,
    sent,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await Promise.all([proxy, server].map((each) => new Promise((done) => each.close(done))))
    },
  }
}

async function listening(server: Http2Server | ReturnType<typeof createTlsServer>): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

const portOf = (server: { address(): AddressInfo | string | null }): number => {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

const PREFACE_BYTES = 24
const FRAME_HEAD_BYTES = 9
const HEADERS = 1
const CONTINUATION = 9
const PADDED = 0x08
const PRIORITY = 0x20

/** Takes what a client sends, and tells how many bytes of header blocks it has, stream by stream. */
function frameCounter(tell: (stream: number, bytes: number) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0)
  let skip = PREFACE_BYTES
  return (data) => {
    rest = Buffer.concat([rest, data])
    for (;;) {
      const skipped = Math.min(skip, rest.length)
      rest = rest.subarray(skipped)
      skip -= skipped
      if (skip > 0 || rest.length < FRAME_HEAD_BYTES) return
      const length = rest.readUIntBE(0, 3)
      const [type = 0, flags = 0] = rest.subarray(3, 5)
      const isPadded = type === HEADERS && (flags & PADDED) !== 0
      if (isPadded && rest.length === FRAME_HEAD_BYTES) return
      const padding = isPadded ? 1 + rest.readUInt8(FRAME_HEAD_BYTES) : 0
      const priority = type === HEADERS && (flags & PRIORITY) !== 0 ? 5 : 0
      if (type === HEADERS || type === CONTINUATION)
        tell(rest.readUInt32BE(5) & 0x7fffffff, length - padding - priority)
      skip = FRAME_HEAD_BYTES + length
    }
  }
}
