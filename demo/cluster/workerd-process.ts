/** A Worker in a workerd of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { COMPATIBILITY_DATE } from './compatibility.ts'

// The package is CommonJS and has no types. What it exports depends on who imports it, but not on who requires it.
const workerd: { readonly default: string } = createRequire(import.meta.url)('workerd')

/** What a workerd node has to run. */
export interface WorkerdTask {
  /** The Worker as one ES module. */
  readonly script: string
  /** Its text bindings. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * What workerd runs. It starts ten times faster than a Miniflare does, which has what only the store needs. Bindings
 * come from the environment, so that no secret is in a file.
 */
function configOf(names: readonly string[]): string {
  const bindings = names.map((name) => `(name = "${name}", fromEnvironment = "${name}")`)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "demo", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "${COMPATIBILITY_DATE}",
      compatibilityFlags = ["no_nodejs_compat"],
      bindings = [${bindings.join(', ')}],
    )),
    # The store and the balancer are on the loopback interface.
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "demo")],
);
`
}

/**
 * Starts it, and does not wait.
 *
 * @param directory - where its files are put, which it needs until it listens
 */
export async function spawnWorkerd(
  { script, env }: WorkerdTask,
  directory: string,
): Promise<ChildProcess> {
  const config = join(directory, 'config.capnp')
  await writeFile(join(directory, 'worker.js'), script)
  await writeFile(config, configOf(Object.keys(env)))
  return spawn(workerd.default, ['serve', config, '--control-fd=3'], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
}

/** Where it listens, once it does. */
export async function portOf(program: ChildProcess): Promise<number> {
  const control = program.stdio[3]
  if (!control || !('setEncoding' in control)) throw new Error('workerd has no control channel.')
  let said = ''
  for await (const chunk of control) {
    said += String(chunk)
    const port = /"event":"listen".*"port":(\d+)/.exec(said)?.[1]
    if (port !== undefined) return Number(port)
  }
  throw new Error('workerd ended before it listened.')
}
