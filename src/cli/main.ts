#!/usr/bin/env node
/** The command `carryon`. */
import { run } from './run.ts'
import { type Input, projectIn, readHeader } from './surroundings.ts'

/** What this needs of Node's global, so that the sources do without Node's types. */
declare const process: {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: () => string
  readonly stdin: Input
  readonly stdout: { write(text: string): void }
  readonly stderr: { write(text: string): void }
  exitCode: number
}

const { out, error, code } = await run(process.argv.slice(2), {
  random: (count) => crypto.getRandomValues(new Uint8Array(count)),
  env: process.env,
  now: Date.now,
  readHeader: () => readHeader(process.stdin, (text) => process.stderr.write(text)),
  project: (file, environment) => projectIn(process.cwd(), file, environment),
})
if (out !== '') process.stdout.write(`${out}\n`)
if (error !== '') process.stderr.write(`${error}\n`)
process.exitCode = code
