#!/usr/bin/env node
/** The command `carryon`. */
import { run } from './run.ts'

/** What this needs of Node's global, so that the sources do without Node's types. */
declare const process: {
  readonly argv: readonly string[]
  readonly stdout: { write(text: string): void }
  readonly stderr: { write(text: string): void }
  exitCode: number
}

const { out, error, code } = run(process.argv.slice(2), (count) =>
  crypto.getRandomValues(new Uint8Array(count)),
)
if (out !== '') process.stdout.write(`${out}\n`)
if (error !== '') process.stderr.write(`${error}\n`)
process.exitCode = code
