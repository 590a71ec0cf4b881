import { Hono } from 'hono'
import { session } from '../../../src/hono.ts'
import type { OverflowStore, Session } from '../../../src/index.ts'
import { createSessions } from '../../../src/index.ts'
import { type DataN, type DataNPlus1, optionsN, optionsNPlus1, type Release } from './releases.ts'

/** What a handler does: one function for each release. */
export interface Job {
  readonly N: (session: Session<DataN>) => void | Promise<void>
  readonly 'N+1': (session: Session<DataNPlus1>) => void | Promise<void>
}

/** What all nodes of a fleet share. */
export interface Shared {
  readonly clock: () => number
  readonly overflow: OverflowStore | undefined
}

type Serve = (request: Request, job: Job) => Promise<Response>

/** A server of the fleet, in process. It is started anew for each release and each list of secrets. */
export class FleetNode {
  release: Release
  secrets: readonly string[]
  readonly #shared: Shared
  readonly #framework: 'hono' | 'fetch'
  #serve: Serve

  constructor(
    shared: Shared,
    framework: 'hono' | 'fetch',
    release: Release,
    secrets: readonly string[],
  ) {
    this.#shared = shared
    this.#framework = framework
    this.release = release
    this.secrets = secrets
    this.#serve = this.#start()
  }

  deploy(change: { release?: Release; secrets?: readonly string[] }): void {
    this.release = change.release ?? this.release
    this.secrets = change.secrets ?? this.secrets
    this.#serve = this.#start()
  }

  fetch(request: Request, job: Job): Promise<Response> {
    return this.#serve(request, job)
  }

  #start(): Serve {
    const common = { ...this.#shared, secrets: this.secrets }
    if (this.#framework === 'fetch') {
      if (this.release === 'N') {
        const sessions = createSessions<DataN>({ ...common, ...optionsN })
        return async (request, job) => {
          const opened = await sessions.open(request)
          await job.N(opened)
          return sessions.commit(opened, new Response('ok'))
        }
      }
      const sessions = createSessions<DataNPlus1>({ ...common, ...optionsNPlus1 })
      return async (request, job) => {
        const opened = await sessions.open(request)
        await job['N+1'](opened)
        return sessions.commit(opened, new Response('ok'))
      }
    }
    const app = new Hono<{ Bindings: { job: Job } }>().onError((error) => {
      throw error
    })
    if (this.release === 'N') {
      app.use(session<DataN>({ ...common, ...optionsN })).all('*', async (c) => {
        await c.env.job.N(c.var.session)
        return c.text('ok')
      })
    } else {
      app.use(session<DataNPlus1>({ ...common, ...optionsNPlus1 })).all('*', async (c) => {
        await c.env.job['N+1'](c.var.session)
        return c.text('ok')
      })
    }
    return async (request, job) => app.fetch(request, { job })
  }
}
