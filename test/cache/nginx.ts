/** nginx in front of an app, with a folder and a port of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether nginx is installed here. */
export const hasNginx: boolean = spawnSync('nginx', ['-v']).status === 0

export interface Nginx {
  readonly origin: string
  readonly port: number
  close(): Promise<void>
}

/** A port of the loopback interface that is free now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

/** @param careless - ignores Set-Cookie and Vary, as a CDN may be told to */
export function startNginx(upstream: string, careless: boolean): Promise<Nginx> {
  return runNginx(
    (port, path) => `
      proxy_cache_path ${path('cache')} keys_zone=pages:1m;
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass ${upstream};
          proxy_set_header Host $http_host;
          proxy_cache pages;
          proxy_cache_valid any 10m;
          ${careless ? 'proxy_ignore_headers Set-Cookie Vary;' : ''}
          add_header X-Cache $upstream_cache_status always;
        }
      }`,
  )
}

/**
 * @param http - what stands in `http { … }`, for a server on `port`; `path` names files in a folder of its own
 * @param files - files to put there, by name
 */
export async function runNginx(
  http: (port: number, path: (name: string) => string) => string,
  files: Readonly<Record<string, string>> = {},
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'carryon-nginx-'))
  const port = await freePort()
  const path = (name: string) => join(folder, name)
  const config = `
    daemon off;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${path('pid')};
    error_log ${path('error.log')};
    events { worker_connections 512; }
    http {
      access_log off;
      client_body_temp_path ${path('body')};
      proxy_temp_path ${path('proxy')};
      fastcgi_temp_path ${path('fastcgi')};
      uwsgi_temp_path ${path('uwsgi')};
      scgi_temp_path ${path('scgi')};
      ${http(port, path)}
    }`
  writeFileSync(path('nginx.conf'), config)
  for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text)
  const child = spawn('nginx', ['-p', folder, '-c', path('nginx.conf'), '-e', path('error.log')], {
    stdio: 'ignore',
  })
  const origin = `http://127.0.0.1:${port}`
  await answers(port, child)
  return {
    origin,
    port,
    close: async () => {
      await new Promise((resolve) => {
        child.once('exit', resolve)
        child.kill('SIGTERM')
      })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  // A minute: a machine may be busy with other things.
  for (let i = 0; i < 1200; i++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false)).once('connect', () => socket.destroy())
    })
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nginx does not answer')
}
