/**
 * A cluster for tests that kill many nodes: a Node server and bare workerd processes. Spare ones have started already, and
 * take the place of those that are killed.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBalancer, type Upstream } from '../../demo/cluster/balancer.ts'
import { bundleWorkers } from '../../demo/cluster/bundle.ts'
import type { Member } from '../../demo/cluster/member.ts'
import type { ClusterEnv } from '../../demo/cluster/store.ts'
import { createTeam } from '../../demo/cluster/team.ts'
import { portOf, spawnWorkerd } from '../../demo/cluster/workerd-process.ts'

const SECRET = 'a-secret-of-the-tests-that-guards-nothing'
/** How many workerd processes have started that do not serve yet. */
const SPARES = 2

interface Worker extends Upstream {
  readonly program: ChildProcess
}

export class Fleet {
  /** How many processes got SIGKILL. */
  kills = 0
  readonly #temporary = mkdtempSync(join(tmpdir(), 'carryon-fleet-'))
  /** Those that serve, and spare ones. */
  readonly #workers: Worker[] = []
  readonly #serving: number
  /** What the balancer goes round. */
  readonly #upstreams: Upstream[] = []
  readonly #balancer = createBalancer(this.#upstreams, () => false)
  readonly #programs = new Set<ChildProcess>()
  readonly #starting = new Set<Promise<void>>()
  #server: Member | undefined
  #store: Member | undefined
  #script = ''
  #started = 0
  #isClosed = false

  constructor(workers: number) {
    this.#serving = workers
  }

  /** @param workers - how many workerd processes serve at once, beside the Node server */
  static async start(workers: number): Promise<Fleet> {
    const fleet = new Fleet(workers)
    process.once('exit', fleet.#killAll)
    try {
      await fleet.#begin()
    } catch (error) {
      await fleet.close()
      throw error
    }
    return fleet
  }

  /** The balancer. */
  get url(): string {
    return `http://127.0.0.1:${(this.#balancer.server.address() as AddressInfo).port}`
  }

  /** SIGKILL to the worker that has served longest. A spare one takes its place. */
  killWorker(): Promise<unknown> {
    const worker = this.#workers.shift()
    if (!worker) throw new Error('There is no worker left.')
    const gone = once(worker.program, 'exit')
    worker.program.kill('SIGKILL')
    this.kills++
    this.#soon(this.#addWorker())
    return gone.then(() => this.#serve())
  }

  /** SIGKILL to the Node server, which starts again at once. */
  async killServer(): Promise<void> {
    const server = this.#server
    if (server?.state !== 'up') throw new Error('The server has not started.')
    this.kills++
    await server.kill()
    this.#soon(server.start())
  }

  /** Resolves when as many workers serve as are to. */
  async ready(): Promise<void> {
    while (this.#workers.length < this.#serving) await Promise.race(this.#starting)
  }

  /** Resolves when everything has started that was to. */
  async settled(): Promise<void> {
    await Promise.all(this.#starting)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#starting)
    this.#balancer.server.close()
    this.#balancer.server.closeAllConnections()
    for (const program of this.#programs) {
      const gone = once(program, 'exit')
      program.kill('SIGKILL')
      await gone
    }
    await Promise.all([this.#server, this.#store].map((one) => one?.close()))
    process.off('exit', this.#killAll)
    rmSync(this.#temporary, { recursive: true, force: true, maxRetries: 5 })
  }

  async #begin(): Promise<void> {
    const storeDirectory = join(this.#temporary, 'kv')
    mkdirSync(storeDirectory)
    this.#balancer.server.listen(0, '127.0.0.1')
    await once(this.#balancer.server, 'listening')
    const [script] = await bundleWorkers(['./node-worker.ts'])
    this.#script = script
    const { store, members } = await createTeam({
      nodes: [{ name: 'node', runtime: 'node' }],
      secret: SECRET,
      storeDirectory,
      temporary: this.#temporary,
      env: {},
      clusterUrl: () => this.url,
    })
    this.#store = store
    this.#server = members[0]
    await store.start()
    await Promise.all([
      ...members.map((one) => one.start()),
      ...Array.from({ length: this.#serving + SPARES }, () => this.#addWorker()),
    ])
  }

  #serve(): void {
    const workers = this.#workers.slice(0, this.#serving)
    const all = this.#server ? [this.#server, ...workers] : workers
    this.#upstreams.splice(0, this.#upstreams.length, ...all)
  }

  async #addWorker(): Promise<void> {
    const name = `worker-${++this.#started}`
    const env: ClusterEnv = {
      SESSION_SECRETS: SECRET,
      NODE_NAME: name,
      CLUSTER: '1',
      CLUSTER_URL: this.url,
      STORE_URL: `http://127.0.0.1:${this.#store?.lastPort}`,
    }
    const directory = join(this.#temporary, name)
    mkdirSync(directory)
    const program = await spawnWorkerd({ script: this.#script, env: { ...env } }, directory)
    this.#programs.add(program)
    program.once('exit', () => this.#programs.delete(program))
    const worker = { name, program, port: await portOf(program) }
    rmSync(directory, { recursive: true })
    if (this.#isClosed) return
    this.#workers.push(worker)
    this.#serve()
  }

  #soon(started: Promise<void>): void {
    const done = started.finally(() => this.#starting.delete(done))
    this.#starting.add(done)
  }

  readonly #killAll = (): void => {
    for (const program of this.#programs) program.kill('SIGKILL')
    for (const one of [this.#server, this.#store]) one?.killNow()
  }
}
