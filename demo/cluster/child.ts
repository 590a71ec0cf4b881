/**
 * The life of a child process: it is told what to run, says where it listens, and never outlives
 * the process that started it.
 */

import { flushCompileCache } from 'node:module'

/** What the child runs. */
export interface Service {
  readonly port: number
  close(): Promise<void>
}

/** What the child says when it is ready. */
export interface Ready {
  readonly port: number
}

const PATIENCE_MS = 3_000

/** @param start Gets what the parent sent; it comes over IPC, so no secret is in `ps` or on disk. */
export function runChild<Task>(start: (task: Task) => Promise<Service>): void {
  let running: Promise<Service> | undefined

  process.once('message', (task: Task) => {
    running = start(task)
    running.then(({ port }) => {
      process.send?.({ port } satisfies Ready)
      // A child that is killed would leave nothing for the next start.
      flushCompileCache()
    }, fail)
  })

  async function end(): Promise<void> {
    setTimeout(endTheGroup, PATIENCE_MS)
    try {
      await (await running)?.close()
    } finally {
      process.exit()
    }
  }
  // The parent has closed the channel, or has died, however that came about.
  process.once('disconnect', end)
  process.once('SIGTERM', end)
}

function fail(error: unknown): void {
  console.error(error)
  process.exit(1)
}

/** A workerd that hangs must not stay behind. This process leads the group that it is in. */
function endTheGroup(): void {
  if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL')
  process.exit(1)
}
