/**
 * The house rules of `src/`, as a pure function over its sources.
 *
 * One way down, no way back up: a file imports from the layers below its own, from its own folder,
 * and from errors.ts.
 */

/** From the top down. What stands in one row may not import each other. */
const layers = [
  ['testing.ts', 'cli'],
  ['index.ts', 'hono.ts'],
  ['session'],
  ['revocation', 'overflow', 'jar'],
  ['seal'],
  ['codec'],
  ['errors.ts'],
] as const

/** Who may import what from outside. Whatever is not listed may be imported by nobody. */
const externals: readonly { name: RegExp; from: RegExp; typeOnly?: true }[] = [
  { name: /^jose$/, from: /^(seal\/|cli\/|testing\.ts$)/ },
  { name: /^hono(\/|$)/, from: /^hono\.ts$/ },
  { name: /^unstorage(\/|$)/, from: /^overflow\/unstorage\.ts$/, typeOnly: true },
  { name: /^@standard-schema\/spec$/, from: /^session\//, typeOnly: true },
  { name: /^node:/, from: /^cli\// },
]

const maxLines = 250

export interface House {
  /** Path relative to src → text. */
  readonly sources: Readonly<Record<string, string>>
  /** Adapters: the files that package.json exports on their own, such as `overflow/memory.ts`. */
  readonly adapters: readonly string[]
}

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

/** Every violation as one sentence, empty when the house is in order. */
export function violations({ sources, adapters }: House): string[] {
  const found: string[] = []
  const graph = new Map<string, string[]>()

  for (const [file, text] of Object.entries(sources)) {
    const report = (what: string) => found.push(`${file} ${what}`)
    checkName(file, report)
    const lines = text.replace(/\n$/, '').split('\n').length
    if (lines > maxLines) report(`has ${lines} lines, more than ${maxLines}`)

    const targets: string[] = []
    graph.set(file, targets)
    for (const { specifier, typeOnly } of importsOf(text)) {
      if (!specifier.startsWith('.')) {
        checkExternal(file, specifier, typeOnly, report)
        continue
      }
      const target = resolve(file, specifier)
      if (!(target in sources)) {
        report(`imports ${specifier}, which is not a file of src`)
        continue
      }
      targets.push(target)
      checkDirection(file, target, adapters, report)
    }
  }
  return [...found, ...cycles(graph)]
}

/** The adapters among what package.json exports: targets that lie in a folder. */
export function adaptersOf(exports: Readonly<Record<string, unknown>>): string[] {
  return Object.values(exports).flatMap((target) => {
    const match = /"\.\/dist\/([^"/]+\/[^"]+)\.js"/.exec(JSON.stringify(target))
    return match ? [`${match[1]}.ts`] : []
  })
}

type Report = (what: string) => void

function checkName(file: string, report: Report): void {
  if (rank(file) === -1) report('belongs to no layer')
  if (file.split('/').some((part) => /^(.+[-.])?utils?(\.ts)?$/i.test(part))) {
    report('is named after nothing it does (utils)')
  }
  if (file.endsWith('/index.ts')) report('is a barrel: import the files themselves')
}

function checkExternal(file: string, specifier: string, typeOnly: boolean, report: Report): void {
  const rules = externals.filter((rule) => rule.name.test(specifier) && rule.from.test(file))
  if (rules.length === 0) report(`may not import ${specifier}`)
  else if (rules.every((rule) => rule.typeOnly && !typeOnly)) {
    report(`may import only types from ${specifier}`)
  }
}

function checkDirection(
  file: string,
  target: string,
  adapters: readonly string[],
  report: Report,
): void {
  const onTop = rank(file) === 0
  if (adapters.includes(target) && file !== target && !onTop) {
    report(`imports the adapter ${target}`)
  } else if (file === 'errors.ts') {
    report(`imports ${target}: errors.ts imports nothing`)
  } else if (layerOf(file) !== layerOf(target) && rank(target) <= rank(file)) {
    const where = rank(target) === rank(file) ? 'beside' : 'above'
    report(`imports ${target}, which is ${where} it`)
  }
}

function layerOf(file: string): string {
  return file.split('/')[0] ?? file
}

/** 0 is the top; -1 has no place. */
function rank(file: string): number {
  const layer = layerOf(file)
  return layers.findIndex((row) => row.some((name) => name === layer))
}

function resolve(file: string, specifier: string): string {
  const path = file.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') {
      if (path.pop() === undefined) return specifier
    } else if (part !== '.') path.push(part)
  }
  return path.join('/')
}

// An import clause, spelled out so that no match runs from one statement into the next.
const named = String.raw`\{[^}]*\}`
const star = String.raw`\*(?:\s*as\s+[\w$]+)?`
const clause = String.raw`(?:${named}|${star}|[\w$]+(?:\s*,\s*(?:${named}|${star}))?)`
const statement = new RegExp(
  String.raw`^[ \t;]*(?:import|export)\s+(type\s+(?!from\b))?${clause}\s*from\s*['"]([^'"]+)['"]`,
  'gm',
)
const bare = /^[ \t;]*import\s*['"]([^'"]+)['"]/gm
const dynamic = /\bimport\s*\(\s*(?:(['"`])([^'"`$]+)\1\s*[),]|)/g
const compact = /^[ \t;]*(?:import|export)(?=[{*])/gm

function importsOf(text: string): Import[] {
  const code = text
    .replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '')
    .replace(/^[ \t]*\/\/.*$/gm, '')
    .replace(compact, '$& ')
  const found: Import[] = []
  for (const match of code.matchAll(statement)) {
    found.push({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined })
  }
  for (const match of code.matchAll(bare)) {
    found.push({ specifier: match[1] ?? '', typeOnly: false })
  }
  for (const match of code.matchAll(dynamic)) {
    found.push({ specifier: match[2] ?? '(something computed)', typeOnly: false })
  }
  return found
}

/** Each cycle once, told from its alphabetically first file. Types count: a cycle is one subject. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>()
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start !== -1) {
      const ring = path.slice(start)
      const first = ring.indexOf([...ring].sort()[0] ?? file)
      const told = [...ring.slice(first), ...ring.slice(0, first + 1)]
      found.add(`import cycle: ${told.join(' → ')}`)
      return
    }
    if (done.has(file)) return
    for (const target of graph.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return [...found].sort()
}
