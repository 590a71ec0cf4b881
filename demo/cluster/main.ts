/** `npm start`: the local cluster, until Ctrl-C. */

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cluster, startCluster } from './cluster.ts'

const DEFAULT_PORT = 8787
const LOOK_FOR_PARENT_MS = 500
const root = fileURLToPath(new URL('../../', import.meta.url))
const state = join(root, '.wrangler', 'cluster')

/** Kept from one start to the next: the sessions live in browsers, so they outlive the cluster. */
function secret(): string {
  const fromEnvironment = process.env['SESSION_SECRETS']
  if (fromEnvironment) return fromEnvironment
  const file = join(state, 'secret')
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 })
  }
  return readFileSync(file, 'utf8').trim()
}

function port(): number {
  const text = process.env['PORT'] || String(DEFAULT_PORT)
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new Error(`PORT must be a number from 0 to 65535, not ${text}.`)
  }
  return number
}

function greet({ url, nodes }: Cluster): void {
  const list = nodes.map(({ name, runtime }) => `${name} (${runtime})`).join(', ')
  console.log(`
  carryon: one session, ${nodes.length} nodes, no affinity

  Open    ${url}
  Nodes   ${list}

  Three buttons there show what it does that other cookie sessions do not.
  Ctrl-C ends every process.
`)
}

/** A SIGTERM to npm, and the end of its shell, do not reach this process. */
function whenOrphaned(act: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    act()
  }, LOOK_FOR_PARENT_MS)
  timer.unref()
}

async function main(): Promise<void> {
  mkdirSync(state, { recursive: true })
  console.log('Starting the cluster …')
  const at = port()
  const starting = startCluster({
    port: at,
    secret: secret(),
    // Two clusters must not share one: two Miniflare instances on one directory lose writes.
    ...(at === 0 ? {} : { storeDirectory: join(state, `store-${at}`) }),
  })

  let endingSince = 0
  const end = () => {
    // npm passes on a Ctrl-C that the terminal has delivered already; one a second later is meant.
    if (endingSince > 0 && Date.now() - endingSince > 1_000) process.exit(1)
    if (endingSince > 0) return
    endingSince = Date.now()
    starting
      .then((cluster) => cluster.close())
      .then(
        () => {
          console.log('\nEvery process has ended.')
          process.exit(0)
        },
        () => process.exit(1),
      )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  whenOrphaned(() => {
    if (endingSince === 0) end()
  })

  greet(await starting)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
