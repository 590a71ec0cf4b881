/** A child process: one Worker in its own workerd. */

import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChild } from './child.ts'
import { portOf, spawnWorkerd, type WorkerdTask } from './workerd-process.ts'

runChild<WorkerdTask>(async (task) => {
  const directory = await mkdtemp(join(tmpdir(), 'carryon-workerd-'))
  const program = await spawnWorkerd(task, directory)
  // A node without its workerd is down.
  program.once('exit', () => process.exit(1))
  const port = await portOf(program)
  await rm(directory, { recursive: true })
  return { port, close: () => end(program) }
})

function end(program: ChildProcess): Promise<void> {
  program.removeAllListeners('exit')
  return new Promise((resolve) => {
    program.once('exit', () => resolve())
    program.kill()
  })
}
