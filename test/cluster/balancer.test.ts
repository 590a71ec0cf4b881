import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createBalancer, type Upstream } from '../../demo/cluster/balancer.ts'

const servers: Server[] = []

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function node(name: string, listener: RequestListener): Promise<Upstream> {
  return { name, port: await listen(createServer(listener)) }
}

/** A node that has just died: nothing listens on its port, but the balancer does not know. */
async function deadNode(name: string): Promise<Upstream> {
  const { port } = await node(name, () => {})
  servers.pop()?.close()
  return { name, port }
}

async function balance(...upstreams: Upstream[]): Promise<string> {
  return `http://127.0.0.1:${await listen(createBalancer(upstreams, () => false).server)}`
}

const say =
  (text: string): RequestListener =>
  (_, outgoing) => {
    outgoing.end(text)
  }

const text = async (url: string, init?: RequestInit) => (await fetch(url, init)).text()

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe('the balancer', () => {
  it('sends each request to the next node', async () => {
    const url = await balance(await node('a', say('a')), await node('b', say('b')))
    expect([await text(url), await text(url), await text(url)]).toEqual(['a', 'b', 'a'])
  })

  it('passes several Set-Cookie headers on, each by itself', async () => {
    const cookies = ['a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT', 'b=2', 'c=3']
    const url = await balance(
      await node('a', (_, outgoing) => {
        outgoing.setHeader('set-cookie', cookies).end()
      }),
    )
    expect((await fetch(url)).headers.getSetCookie()).toEqual(cookies)
  })

  it('streams bodies both ways and keeps method, path and host', async () => {
    const url = await balance(
      await node('a', (incoming, outgoing) => {
        outgoing.setHeader('x-seen', `${incoming.method} ${incoming.url} ${incoming.headers.host}`)
        incoming.pipe(outgoing)
      }),
    )
    const body = 'x'.repeat(1_000_000)
    const response = await fetch(`${url}/path?query=1`, { method: 'POST', body })
    expect(response.headers.get('x-seen')).toBe(`POST /path?query=1 ${new URL(url).host}`)
    expect(await response.text()).toBe(body)
  })

  it('goes on to the next node when the connection is refused, body included', async () => {
    const echo: RequestListener = (incoming, outgoing) => {
      incoming.pipe(outgoing)
    }
    const url = await balance(await deadNode('a'), await deadNode('b'), await node('c', echo))
    expect(await text(url, { method: 'POST', body: 'once' })).toBe('once')
  })

  it('never sends a request again that a node may have acted on', async () => {
    let seen = 0
    const dies: RequestListener = (incoming) => {
      seen++
      incoming.socket.destroy()
    }
    const url = await balance(await node('a', dies), await node('b', dies))
    const response = await fetch(url)
    expect(response.status).toBe(502)
    expect(response.headers.get('x-node')).toBe('a')
    expect(seen).toBe(1)
  })

  it('breaks the answer off when the node does', async () => {
    let breakOff = () => {}
    const url = await balance(
      await node('a', (incoming, outgoing) => {
        outgoing.write('half')
        breakOff = () => incoming.socket.destroy()
      }),
    )
    const response = await fetch(url)
    expect(response.status).toBe(200)
    breakOff()
    await expect(response.text()).rejects.toThrow()
  })

  it('says so when no node is up', async () => {
    const url = await balance(await deadNode('a'), { name: 'b', port: undefined })
    expect((await fetch(url)).status).toBe(503)
  })
})
