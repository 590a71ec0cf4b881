/**
 * One process of the cluster, seen from outside: started, killed, started again.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Ready } from './child.ts'

const START_TIMEOUT_MS = 30_000
const CLOSE_TIMEOUT_MS = 5_000
const PORT_TIMEOUT_MS = 5_000

export type MemberState = 'down' | 'starting' | 'up'

export interface MemberStatus {
  readonly name: string
  readonly state: MemberState
  readonly pid: number | null
  /** How often it was started. */
  readonly starts: number
}

export interface MemberOptions {
  readonly name: string
  /** A file of this folder that calls `runChild`. */
  readonly file: string
  /** What the child gets, made anew for each start. */
  readonly task: () => object
  /** Where the child may leave temporary files; a killed process does not tidy up. */
  readonly temporary: string
}

export class Member {
  readonly name: string
  readonly #options: MemberOptions
  #child: ChildProcess | undefined
  #starting: Promise<void> | undefined
  #ending: Promise<void> | undefined
  #port: number | undefined
  #lastPort: number | undefined
  #starts = 0

  constructor(options: MemberOptions) {
    this.name = options.name
    this.#options = options
  }

  get state(): MemberState {
    if (this.#port !== undefined) return 'up'
    return this.#starting === undefined ? 'down' : 'starting'
  }

  /** Where it listens, while it is up. */
  get port(): number | undefined {
    return this.#port
  }

  /** Where the last process listened that was up. */
  get lastPort(): number | undefined {
    return this.#lastPort
  }

  describe(): MemberStatus {
    const { name, state } = this
    return { name, state, pid: this.#child?.pid ?? null, starts: this.#starts }
  }

  /** Resolves when it listens. Does nothing when it does already. */
  async start(): Promise<void> {
    await this.#ending
    if (this.#port !== undefined) return
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined
    })
    await this.#starting
  }

  /** SIGKILL, to workerd as well. Resolves when the process is gone and its port is free. */
  async kill(): Promise<void> {
    if (this.#child === undefined) return
    this.#ending ??= this.#end(this.#child).finally(() => {
      this.#ending = undefined
    })
    await this.#ending
  }

  /** Lets it end in peace, and kills it if it does not. */
  async close(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const gone = exited(child)
    if (child.connected) child.disconnect()
    const patience = new AbortController()
    const late = sleep(CLOSE_TIMEOUT_MS, 'late', { signal: patience.signal }).catch(() => 'ended')
    if ((await Promise.race([gone, late])) === 'late') await this.kill()
    patience.abort()
  }

  /** For the last moment of the parent, when nothing can be awaited any more. */
  killNow(): void {
    if (this.#child !== undefined) killGroup(this.#child)
  }

  async #end(child: ChildProcess): Promise<void> {
    const port = this.#port
    const gone = exited(child)
    killGroup(child)
    await gone
    if (port !== undefined) await refused(port)
  }

  async #launch(): Promise<void> {
    const { file, task, temporary } = this.#options
    const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
      // A group of its own: a kill reaches the workerd below it, and a Ctrl-C only the parent.
      detached: process.platform !== 'win32',
      env: {
        // Where Node itself would put it: what is compiled once starts faster the next time.
        NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
        ...process.env,
        TMPDIR: temporary,
        TEMP: temporary,
        TMP: temporary,
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child = child
    this.#starts++
    child.once('exit', () => {
      killGroup(child) // If only the leader died, what it started must not stay behind.
      if (this.#child !== child) return
      this.#child = undefined
      this.#port = undefined
    })
    child.send(task())
    const { port } = await ready(child, this.name)
    this.#port = port
    this.#lastPort = port
  }
}

function ready(child: ChildProcess, name: string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      killGroup(child)
      reject(new Error(`${name} was not ready after ${START_TIMEOUT_MS / 1000} s.`))
    }, START_TIMEOUT_MS)
    child.once('message', (message: Ready) => {
      clearTimeout(timer)
      resolve(message)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(new Error(`${name} ended before it was ready (${signal ?? `exit code ${code}`}).`))
    })
  })
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' })
    return
  }
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

/** The kernel takes a moment to tear a killed process down. */
async function refused(port: number): Promise<void> {
  const end = Date.now() + PORT_TIMEOUT_MS
  while (await listens(port)) {
    if (Date.now() > end) throw new Error(`Something still listens on port ${port}.`)
    await sleep(5)
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
