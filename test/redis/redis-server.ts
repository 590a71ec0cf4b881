import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'

/** A redis-server of our own. */
export interface RedisServer {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number
  /** Ends the process and waits until it has ended. May be called twice. */
  stop(): Promise<void>
}

/**
 * Starts the `redis-server` of the system on a free loopback port, or on this one, with nothing written to disk,
 * and resolves once it takes connections.
 *
 * @throws Rejects if the program is not there (Debian: `apt-get install redis-server`) or does not
 *   come up within a minute.
 */
export async function startRedis(at?: number): Promise<RedisServer> {
  const port = at ?? (await freePort())
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const kill = () => child.kill('SIGTERM')
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    kill()
    await ended
  }
  try {
    await isReady(child)
  } catch (error) {
    await stop()
    throw error
  }
  return { port, stop }
}

function isReady(child: ChildProcess): Promise<void> {
  let log = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const ready = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`redis-server did not come up:\n${log}`)), 60_000)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`redis-server has ended:\n${log}`)))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      log += text
      if (log.includes('Ready to accept connections')) resolve()
    })
  })
  return ready.finally(() => clearTimeout(timer))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      )
    })
  })
}
