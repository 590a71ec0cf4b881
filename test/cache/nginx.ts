/** nginx with a proxy_cache in front of an app, with a folder and ports of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether nginx is installed here. */
export const hasNginx: boolean = spawnSync('nginx', ['-v']).status === 0

export interface Nginx {
  readonly origin: string
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
export async function startNginx(upstream: string, careless: boolean): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'carryon-nginx-'))
  const port = await freePort()
  const path = (name: string) => join(folder, name)
  const config = `
    daemon off;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${path('pid')};
    error_log ${path('error.log')};
    events { worker_connections 64; }
    http {
      access_log off;
      client_body_temp_path ${path('body')};
      proxy_temp_path ${path('proxy')};
      fastcgi_temp_path ${path('fastcgi')};
      uwsgi_temp_path ${path('uwsgi')};
      scgi_temp_path ${path('scgi')};
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
      }
    }`
  writeFileSync(path('nginx.conf'), config)
  const child = spawn('nginx', ['-p', folder, '-c', path('nginx.conf'), '-e', path('error.log')], {
    stdio: 'ignore',
  })
  const origin = `http://127.0.0.1:${port}`
  await answers(origin, child)
  return {
    origin,
    close: async () => {
      await new Promise((resolve) => {
        child.once('exit', resolve)
        child.kill('SIGTERM')
      })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(origin: string, child: ChildProcess): Promise<void> {
  // A minute: a machine may be busy with other things.
  for (let i = 0; i < 1200; i++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    try {
      await fetch(origin)
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error('nginx does not answer')
}
