/** What the command gets of the process. Node's modules are loaded by name, so that the sources need none of its types. */
import type { Project } from './doctor.ts'

/** What this needs of Node's standard input. */
export interface Input extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean
  readonly setRawMode?: (on: boolean) => unknown
}

const ENTER = /[\r\n]/
const INTERRUPT = '\u0003'
const RUBOUT = /[\b\u007f]/

/**
 * The Cookie header: all of standard input; or, in a terminal, what is typed or pasted up to Enter. It is not shown, and
 * the terminal is raw: else it would cut off a line at 4,096 characters.
 */
export async function readHeader(input: Input, ask: (text: string) => void): Promise<string> {
  const decoder = new TextDecoder()
  const isTerminal = input.isTTY === true && input.setRawMode !== undefined
  if (isTerminal) {
    // First: what is pasted at once must not show either.
    input.setRawMode?.(true)
    ask('Paste the Cookie header (it is not shown) and press Enter: ')
  }
  let text = ''
  try {
    for await (const part of input) {
      const piece = typeof part === 'string' ? part : decoder.decode(part, { stream: true })
      if (!isTerminal) text += piece
      else {
        if (piece.includes(INTERRUPT)) return ''
        const [line = ''] = piece.split(ENTER)
        for (const key of line) text = RUBOUT.test(key) ? text.slice(0, -1) : text + key
        if (ENTER.test(piece)) break
      }
    }
  } finally {
    if (isTerminal) {
      input.setRawMode?.(false)
      ask('\n')
    }
  }
  return text.trim()
}

const CONFIG_FILES = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml']

/** What is known of the project in a folder. Its own Wrangler reads its configuration. */
export async function projectIn(
  folder: string,
  file: string | undefined,
  environment: string | undefined,
): Promise<Omit<Project, 'secretsName' | 'env'>> {
  const candidates = file === undefined ? CONFIG_FILES : [file]
  const texts = await Promise.all(candidates.map((name) => textOf(folder, name)))
  const name = candidates.find((_, i) => texts[i] !== undefined)
  const devVars = await textOf(folder, '.dev.vars')
  const { maxHeaderSize } = await builtin('node:http')
  const common = {
    devVars: devVars === undefined ? undefined : variablesIn(devVars),
    maxHeaderBytes: Number(maxHeaderSize),
  }
  if (name === undefined) {
    const wranglerProblem = file === undefined ? undefined : `There is no ${file} here.`
    return { ...common, wrangler: undefined, wranglerProblem }
  }
  try {
    const config = await wranglerConfig(folder, name, environment)
    return { ...common, wrangler: { file: name, config } }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      ...common,
      wrangler: undefined,
      wranglerProblem: `${name} could not be read: ${reason}`,
    }
  }
}

async function wranglerConfig(
  folder: string,
  file: string,
  env: string | undefined,
): Promise<object> {
  const [{ createRequire }, { pathToFileURL }, { resolve }] = await Promise.all([
    builtin('node:module'),
    builtin('node:url'),
    builtin('node:path'),
  ])
  const path = text(call(resolve, folder, file))
  const require = call(createRequire, path)
  let wrangler: string
  try {
    wrangler = text(call(Reflect.get(Object(require), 'resolve'), 'wrangler'))
  } catch {
    throw new Error(
      'Wrangler reads it, and is not installed here. Run: npm install --save-dev wrangler',
    )
  }
  const url: string = String(call(pathToFileURL, wrangler))
  const module: unknown = await import(url)
  const read: unknown = Reflect.get(Object(module), 'unstable_readConfig')
  const config = call(read, { config: path, env }, { hideWarnings: true })
  if (typeof config !== 'object' || config === null) throw new Error('this Wrangler is too old')
  return config
}

/** The names and values of a file such as `.dev.vars`. */
function variablesIn(file: string): Record<string, string> {
  const pairs = file.matchAll(/^\s*(?:export\s+)?([\w.]+)\s*=\s*("[^"\n]*"|'[^'\n]*'|[^#\n]*)/gm)
  return Object.fromEntries(
    Array.from(pairs, ([, name = '', value = '']) => {
      const trimmed = value.trim()
      const isQuoted = /^(["']).*\1$/.test(trimmed)
      return [name, isQuoted ? trimmed.slice(1, -1) : trimmed]
    }),
  )
}

async function textOf(folder: string, name: string): Promise<string | undefined> {
  const [{ readFile }, { resolve }] = await Promise.all([
    builtin('node:fs/promises'),
    builtin('node:path'),
  ])
  try {
    return text(await call(readFile, call(resolve, folder, name), 'utf8'))
  } catch {
    return undefined
  }
}

async function builtin(specifier: string): Promise<Record<string, unknown>> {
  const module: unknown = await import(specifier)
  return { ...Object(module) }
}

function call(fn: unknown, ...given: readonly unknown[]): unknown {
  if (typeof fn !== 'function') throw new Error('this version of Node or Wrangler is too old')
  return Reflect.apply(fn, undefined, given)
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('text was expected')
  return value
}
