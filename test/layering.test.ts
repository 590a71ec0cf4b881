/** The house rules of `src/`: what Biome is told of them finds what it should; the rest is checked here. */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')

/** What Biome says of these files, as `file rule`, by the project's configuration. */
async function lint(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'carryon-layering-'))
  try {
    cpSync(join(ROOT, 'src'), join(folder, 'src'), { recursive: true })
    const config = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'))
    const standalone = { ...config, $schema: undefined, vcs: { enabled: false } }
    writeFileSync(join(folder, 'biome.json'), JSON.stringify(standalone))
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    const args = [BIOME, 'lint', '--reporter=json', '--max-diagnostics=none', 'src']
    const options = { cwd: folder, maxBuffer: 2 ** 26 }
    const found = await promisify(execFile)(process.execPath, args, options).catch(
      (failed: { stdout: string }) => failed,
    )
    const { diagnostics } = JSON.parse(found.stdout)
    return diagnostics.map(
      ({ category, location }: { category: string; location: { path: string } }) =>
        `${location.path} ${category.split('/').at(-1)}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const importing = (specifier: string): string =>
  `import { x } from '${specifier}'\n\nexport const y: unknown = x\n`

/** A member, a parameter or a variable with its type. */
const TYPED =
  /\b(\w+)\??: ((?:readonly )?[A-Z][\w<>, ]*(?:\[\])?|readonly string\[\]|string|number|boolean)/g

/** What each word of `log/README.md` and of the layers above stands for, as its type tells. */
const MEANINGS: Readonly<Record<string, RegExp>> = {
  state: /^(TreeObject|Record<string, Tree>)/,
  draft: /^Draft/,
  identity: /^SessionIdentity/,
  arrivedAt: /^number/,
  newestSecret: /^boolean/,
  op: /^Op\b/,
  ops: /^(readonly )?Op\[\]/,
  entry: /^Entry/,
  entries: /^(readonly )?Entry\[\]/,
  base: /^(Base|BaseFragment)\b/,
  log: /^Log/,
  parents: /^readonly string\[\]/,
  heads: /^readonly string\[\]/,
  retired: /^readonly string\[\]/,
  horizon: /^string/,
  memory: /^Memory/,
  waiting: /^((Readonly)?Map<string, )?Waiting/,
  unplaced: /^readonly Fragment\[\]/,
  tombstones: /^readonly Tombstone\[\]/,
  view: /^View/,
}

/** What the same words stood for once. */
const FORMER = [/\btips\b/, /\.head\b/, /\bopened: number/]

/** Code without its comments. */
function codeOf(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
}

/** From, what it imports. Each is forbidden. */
const FORBIDDEN: readonly (readonly [file: string, specifier: string])[] = [
  ['errors.ts', './tree/tree.ts'],
  ['errors.ts', 'jose'],
  ['tree/a.ts', '../log/format/ids.ts'],
  ['tree/b.ts', 'node:crypto'],
  ['log/format/a.ts', '../ops/ops.ts'],
  ['log/format/b.ts', '../../errors.ts'],
  ['log/ops/a.ts', '../reading/merge.ts'],
  ['log/diff/a.ts', '../reading/merge.ts'],
  ['log/reading/a.ts', '../writing/plan.ts'],
  ['log/reading/b.ts', '../../seal/jwe.ts'],
  ['log/writing/a.ts', '../../session/commit.ts'],
  ['log/writing/b.ts', '../../http/cookies.ts'],
  ['log/writing/c.ts', 'jose'],
  ['seal/a.ts', '../overflow/store.ts'],
  ['seal/b.ts', 'node:crypto'],
  ['seal/c.ts', '../session/open.ts'],
  ['overflow/a.ts', '../stores/memory.ts'],
  ['overflow/b.ts', '../log/reading/merge.ts'],
  ['stores/a.ts', '../overflow/claim-check.ts'],
  ['stores/b.ts', 'cloudflare:workers'],
  ['revocation/a.ts', '../options/resolve.ts'],
  ['revocation/b.ts', '../log/reading/merge.ts'],
  ['revocation/c.ts', '../stores/memory.ts'],
  ['watching/a.ts', '../session/draft.ts'],
  ['stores/c.ts', '../revocation/watch.ts'],
  ['http/a.ts', '../options/resolve.ts'],
  ['options/a.ts', '../data/data.ts'],
  ['data/a.ts', '../session/draft.ts'],
  ['fit/a.ts', '../shown/show.ts'],
  ['fit/b.ts', '../session/draft.ts'],
  ['shown/a.ts', '../session/draft.ts'],
  ['events.ts', './hono.ts'],
  ['session/a.ts', '../hono.ts'],
  ['session/b.ts', '../stores/memory.ts'],
  ['session/c.ts', 'hono'],
  ['session/d.ts', 'carryon/memory'],
  ['fetch.ts', './hono.ts'],
  ['registrations.ts', './session/session.ts'],
  ['hono.ts', './fetch.ts'],
  ['hono.ts', './stores/memory.ts'],
  ['node.ts', './session/request.ts'],
  ['node/a.ts', '../fetch.ts'],
  ['sessions.ts', './fetch.ts'],
  ['testing/a.ts', '../fetch.ts'],
  ['index.ts', './stores/memory.ts'],
  ['index.ts', './hono.ts'],
  ['cli/a.ts', '../session/open.ts'],
]

describe('lint', { timeout: 120_000 }, () => {
  test('finds an import that goes up, sideways, or out of the house', async () => {
    const files = Object.fromEntries(
      FORBIDDEN.map(([file, specifier], n) => {
        const isRoot = !file.includes('/')
        // A file of the root has rules of its own: there it is replaced.
        return [`src/${isRoot ? file : file.replace('.ts', `${n}.ts`)}`, importing(specifier)]
      }),
    )
    const found = await lint(files)
    for (const file of Object.keys(files)) expect(found).toContain(`${file} noRestrictedImports`)
  })

  test('finds circles of imports, also of types, and functions and files that are too long', async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `  f(${i})\n`).join('')
    const found = await lint({
      'src/tree/a.ts': "import type { B } from './b.ts'\n\nexport type A = B | 1\n",
      'src/tree/b.ts': "import type { A } from './a.ts'\n\nexport type B = A[]\n",
      'src/tree/long.ts': `export function long(f: (i: number) => void): void {\n${lines(51)}}\n`,
      'src/tree/longer.ts': `export const x: number[] = [\n${lines(260).replaceAll('f', '')}]\n`,
    })
    expect(found).toContain('src/tree/a.ts noImportCycles')
    expect(found).toContain('src/tree/long.ts noExcessiveLinesPerFunction')
    expect(found).toContain('src/tree/longer.ts noExcessiveLinesPerFile')
  })

  test('finds nothing in what is there', async () => {
    expect(await lint({})).toEqual([])
  })
})

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))

describe('src', () => {
  test('has rooms of at most eight files', () => {
    const rooms = new Map<string, number>()
    for (const file of sources) rooms.set(dirname(file), (rooms.get(dirname(file)) ?? 0) + 1)
    expect([...rooms].filter(([, count]) => count > 8)).toEqual([])
    expect(rooms.size).toBeGreaterThan(10)
  })

  test('has no file without a rule about its imports', () => {
    const config: { overrides: { includes: string[]; linter: unknown }[] } = JSON.parse(
      readFileSync(join(ROOT, 'biome.json'), 'utf8'),
    )
    const ruled = config.overrides
      .filter(({ linter }) => JSON.stringify(linter).includes('noRestrictedImports'))
      .flatMap(({ includes }) => includes)
      .map((pattern) => pattern.replace('src/', '').replace('**', ''))
    const isRuled = (file: string) =>
      ruled.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place))
    expect(sources.filter((file) => !isRuled(file))).toEqual([])
  })

  test('has no barrel inside, and no file that is named after nothing it does', () => {
    const odd = sources.filter((file) => /\/index\.ts$|(^|[/.-])(utils?|helpers?)[/.]/i.test(file))
    expect(odd).toEqual([])
  })

  test('has no name of a type, a class or a public function twice', () => {
    const files = sources.map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    const declared =
      /^(?:export )?(?:interface|type|class) (\w+)|^export (?:async )?function (\w+)/gm
    // Overloads of one function stand in one file.
    const names = files.flatMap((text) => [
      ...new Set(Array.from(text.matchAll(declared), ([, type, name]) => type ?? name)),
    ])
    expect(names.length).toBeGreaterThan(300)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })

  test('has one meaning for each word of the log', () => {
    const others = sources.flatMap((file) => {
      const text = codeOf(readFileSync(join(ROOT, 'src', file), 'utf8'))
      return Array.from(text.matchAll(TYPED), ([, word = '', type = '']) => ({ word, type }))
        .filter(({ word, type }) => MEANINGS[word] && !MEANINGS[word].test(type))
        .map(({ word, type }) => `${file}: ${word} is a ${type}`)
    })
    // Of a public event, a count.
    expect(others).toEqual(['events.ts: entries is a number'])
    const all = sources
      .map((file) => codeOf(readFileSync(join(ROOT, 'src', file), 'utf8')))
      .join('')
    const typed = Array.from(all.matchAll(TYPED), ([, word = '']) => word)
    expect(typed.filter((word) => MEANINGS[word]).length).toBeGreaterThan(150)
    expect(Object.keys(MEANINGS).filter((word) => !typed.includes(word))).toEqual([])
    expect(FORMER.filter((meaning) => meaning.test(all))).toEqual([])
  })

  test('names only files that are there', () => {
    const missing = sources.flatMap((file) => {
      const text = readFileSync(join(ROOT, 'src', file), 'utf8')
      const named = Array.from(
        text.matchAll(/`((?:[\w-]+\/)+[\w-]+\.(?:ts|md))`/g),
        ([, path = '']) => path,
      )
      const known = (path: string) =>
        [ROOT, join(ROOT, 'src')].some((at) => existsSync(join(at, path)))
      return named.filter((path) => !known(path)).map((path) => `${file}: ${path}`)
    })
    expect(missing).toEqual([])
  })

  test('numbers the steps of reading as docs/wire-format.md does', () => {
    const text = sources.map((file) => readFileSync(join(ROOT, 'src', file), 'utf8')).join('\n')
    const steps = new Set(Array.from(text.matchAll(/\bStep (\d+)/g), ([, step]) => Number(step)))
    expect([...steps].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('takes only types from the optional peer unstorage', () => {
    const text = readFileSync(join(ROOT, 'src/stores/unstorage.ts'), 'utf8')
    const imports = text.split('\n').filter((line) => /^import .* from 'unstorage'/.test(line))
    expect(imports.filter((line) => !line.startsWith('import type '))).toEqual([])
  })
})
