/** The code with all mutants in it, and the tests, as one file for Node. */
import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Instrumenter } from '@stryker-mutator/instrumenter'
import { build, type Plugin } from 'esbuild'

export const ROOT: string = join(import.meta.dirname, '../..')

/** One mutant: what it replaces where. Lines and columns count from 1. */
export interface Mutant {
  readonly id: number
  readonly file: string
  readonly line: number
  readonly column: number
  readonly kind: string
  readonly original: string
  readonly replacement: string
}

export interface Instrumented {
  readonly mutants: readonly Mutant[]
  readonly sources: ReadonlyMap<string, string>
}

const no = () => false
const nothing = () => {}
const QUIET = {
  ...{ isTraceEnabled: no, isDebugEnabled: no, isInfoEnabled: no, isWarnEnabled: no },
  ...{ isErrorEnabled: no, isFatalEnabled: no },
  ...{ trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
  fatal: nothing,
}

/** Makes all mutants of these files. */
export async function instrument(files: readonly string[]): Promise<Instrumented> {
  const given = files.map((name) => ({
    name: join(ROOT, name),
    mutate: true,
    content: readFileSync(join(ROOT, name), 'utf8'),
  }))
  const options = { plugins: null, ignorers: [], excludedMutations: [] }
  const made = await new Instrumenter(QUIET).instrument(given, options)
  const texts = new Map(given.map(({ name, content }) => [name, content.split('\n')]))
  return {
    sources: new Map(made.files.map(({ name, content }) => [name, content])),
    mutants: made.mutants.map(({ id, fileName, location, mutatorName, replacement }) => ({
      id: Number(id),
      file: relative(ROOT, fileName),
      line: location.start.line + 1,
      column: location.start.column + 1,
      kind: mutatorName,
      original: part(texts.get(fileName) ?? [], location),
      replacement: oneLine(replacement),
    })),
  }
}

interface Place {
  readonly line: number
  readonly column: number
}

function part(lines: readonly string[], { start, end }: { start: Place; end: Place }): string {
  const some = lines.slice(start.line, end.line + 1)
  const last = some.length - 1
  return oneLine(
    some
      .map((line, i) =>
        line.slice(i === 0 ? start.column : 0, i === last ? end.column : line.length),
      )
      .join('\n'),
  )
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** Writes one file of the tests and the instrumented code. */
export async function bundle(
  { sources }: Instrumented,
  tests: readonly string[],
  outfile: string,
  isCounting: boolean,
): Promise<void> {
  const plugin: Plugin = {
    name: 'mutation',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^vitest$/ }, () => ({ path: join(import.meta.dirname, 'vitest.ts') }))
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const source = sources.get(path)
        if (source !== undefined) return { loader: 'ts', contents: switched(source, isCounting) }
        const name = relative(ROOT, path)
        if (name === BUDGET)
          return { loader: 'ts', contents: readFileSync(path, 'utf8').replace(FEW, 'true') }
        if (!tests.includes(name)) return undefined
        const mark = `import { inFile as $inFile } from 'vitest'; $inFile(${JSON.stringify(name)});`
        return { loader: 'ts', contents: mark + readFileSync(path, 'utf8') }
      })
    },
  }
  const imports = tests.map((name) => `import ${JSON.stringify(join(ROOT, name))}`)
  const serve = JSON.stringify(join(import.meta.dirname, 'serve.ts'))
  await build({
    stdin: {
      contents: [...imports, `import { serve } from ${serve}`, 'await serve()'].join('\n'),
      resolveDir: ROOT,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    outfile,
    plugins: [plugin],
    // The package says that its files have no side effects; tests have.
    ignoreAnnotations: true,
    logLevel: 'warning',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
}

/** Properties have as few cases as in workerd. */
const BUDGET = 'test/model/budget.ts'
const FEW = "navigator.userAgent === 'Cloudflare-Workers'"

const SWITCH = JSON.stringify(join(import.meta.dirname, 'switch.ts'))

/** With our own switch in the place of Stryker's, which takes more time than all else. */
function switched(source: string, isCounting: boolean): string {
  const text = source
    .replace(/stryMutAct_9fa48\("(\d+)"\)/g, '($mutation.active === $1 && $isOn())')
    .replace(/stryCov_9fa48\(("\d+"(?:, "\d+")*)\)/g, (_, ids: string) =>
      isCounting ? `$reached(${ids.replaceAll('"', '')})` : '0',
    )
  return `import { $isOn, $mutation, $reached } from ${SWITCH}; ${text}`
}

/** Files of the project by patterns. */
export function files(patterns: readonly string[]): readonly string[] {
  return [...new Set(patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT })))].sort()
}
