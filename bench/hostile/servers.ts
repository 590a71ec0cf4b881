/** The app that is attacked, on Node and in workerd: processes of their own, whose CPU time is read from outside. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import workerd from 'workerd'

/** What requests took since it was asked for last. */
export interface Usage {
  /** CPU time of the process. */
  readonly micros: number
  readonly count: number
  readonly bytes: number
}

export interface Server {
  readonly name: string
  get(path: string, cookie: string): Promise<void>
  put(values: Readonly<Record<string, string>>): Promise<void>
  usage(): Promise<Usage>
  /** What one request holds while its handler runs, in bytes; `undefined` where nobody tells. */
  memory?(path: string, cookie: string): Promise<number>
  close(): Promise<void>
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

export async function startNode(now: number): Promise<Server> {
  const execArgv = ['--expose-gc']
  const child = fork(here('node.ts'), [String(now)], { execArgv })
  const [port] = await once(child, 'message')
  const { ask, close } = client(Number(port), child)
  return {
    name: 'Node',
    get: async (path, cookie) => void (await ask('GET', path, { cookie })),
    put: async (values) => void (await ask('POST', '/control/values', {}, JSON.stringify(values))),
    usage: async () => JSON.parse(await ask('POST', '/control/usage', {})),
    memory: async (path, cookie) =>
      Number(await ask('POST', '/control/memory', {}, JSON.stringify({ path, cookie }))),
    close,
  }
}

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    compatibilityDate = "2026-10-20",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`

export async function startWorkerd(now: number): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'carryon-hostile-'))
  await build({
    entryPoints: [here('worker.ts')],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'import'],
    outfile: join(folder, 'worker.js'),
    logLevel: 'error',
  })
  writeFileSync(join(folder, 'config.capnp'), CONFIG)
  const child = spawn(workerd.default, ['serve', '--control-fd=3', join(folder, 'config.capnp')], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const { ask, close } = client(await portOf(child), child)
  await ask('POST', `/control/start?now=${now}`, {})
  let before = cpuMicros(child.pid)
  return {
    name: 'workerd',
    get: async (path, cookie) => void (await ask('GET', path, { cookie })),
    put: async (values) => void (await ask('POST', '/control/values', {}, JSON.stringify(values))),
    async usage() {
      const reads = JSON.parse(await ask('POST', '/control/usage', {}))
      const after = cpuMicros(child.pid)
      const micros = after - before
      before = after
      return { ...reads, micros }
    },
    async close() {
      await close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  const control = child.stdio[3]
  if (!(control instanceof Readable)) throw new Error('workerd tells nothing.')
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line)
    if (event === 'listen') return Number(port)
  }
  throw new Error('workerd does not listen.')
}

/** What all threads of a process have run, by `schedstat` of proc(5): in ns, where `stat` counts ticks of 10 ms. */
function cpuMicros(pid: number | undefined): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanos = threads.map((thread) => {
    const [ran = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    return Number(ran)
  })
  return nanos.reduce((sum, ran) => sum + ran, 0) / 1000
}

function client(port: number, child: ChildProcess) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body = '',
  ): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, method, path, headers, agent },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (part: string) => {
            text += part
          })
          response.on('end', () => {
            if (response.statusCode === 200) resolve(text)
            else reject(new Error(`${path}: ${response.statusCode} ${text}`))
          })
          response.on('error', reject)
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  const close = async () => {
    agent.destroy()
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return { ask, close }
}
