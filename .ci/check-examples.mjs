// Checks the doc comments: each public name has one, each public function, method, accessor and
// class shows an example, and each example compiles, as does each block of TypeScript in the pages.
// Needs `npm run build` first.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { membersOf, problems, publicDeclarations } from './declarations.mjs'

const FOLDER = '.examples'

/** The package's entries, and the source of each. */
const ENTRIES = {
  carryon: 'src/index.ts',
  'carryon/durable-object': 'src/stores/durable-object.ts',
  'carryon/hono': 'src/hono.ts',
  'carryon/node': 'src/node.ts',
  'carryon/testing': 'src/testing/testing.ts',
  'carryon/memory': 'src/stores/memory.ts',
  'carryon/unstorage': 'src/stores/unstorage.ts',
  'carryon/workers-kv': 'src/stores/workers-kv.ts',
}

/** What examples may use without declaring or importing it. */
const PRELUDE = `import type { Hono } from 'hono'
import type { createSessions as create, Session, Sessions } from 'carryon'
import type { SessionVariables } from 'carryon/hono'
import type { Server } from 'node:http'
import type { DurableObjectNamespaceLike, DurableObjectStateLike, RevocationObject } from 'carryon/durable-object'
import type { UnstorageMarksLike } from 'carryon/unstorage'
import type { KVMarksNamespaceLike, KVNamespaceLike } from 'carryon/workers-kv'

type Data = { cart: Record<string, number>; visits: number; notice?: string }
type Env = {
  SESSION_SECRETS: string
  SESSIONS: KVNamespaceLike & KVMarksNamespaceLike
  REVOCATIONS: DurableObjectNamespaceLike<string>
}
type App = { Bindings: Env; Variables: SessionVariables<Data> }

declare global {
  const app: Hono<App>
  const env: Env
  const secrets: string
  const createSessions: typeof create
  const sessions: Sessions<Data>
  const session: Session<Data>
  const request: Request
  const server: Server
  const socket: WebSocket
  const storage: UnstorageMarksLike
  const namespace: DurableObjectNamespaceLike<string>
  const state: DurableObjectStateLike
  const object: RevocationObject
  const findUser: (form: FormData) => Promise<{ id: string } | undefined>
  // What pages use beside it.
  const verifyPayment: (form: FormData) => Promise<{ id: string }>
  const key: string
  const cert: string
  const upgradeWebSocket: typeof import('hono/cloudflare-workers').upgradeWebSocket
  const html: typeof import('hono/html').html
  const z: typeof import('zod').z
  const expect: typeof import('vitest').expect
  const visitor: (app: Hono) => (path: string, init?: RequestInit) => Promise<Response>
  const createApp: (secrets: string) => Hono
}
`

/** The middleware, where a part of a page uses it without importing it; else `session` is one that is open. */
const MIDDLEWARE = "import { session } from 'carryon/hono'; "

const TSCONFIG = {
  extends: '../tsconfig.json',
  compilerOptions: {
    noEmit: true,
    // An example declares what it shows, whether or not it uses it.
    noUnusedLocals: false,
    // Apps may read process.env.NAME; a module that exports its app need not spell out its type.
    noPropertyAccessFromIndexSignature: false,
    // Middleware answers, or goes on.
    noImplicitReturns: false,
    declaration: false,
    isolatedDeclarations: false,
    types: ['node'],
    paths: Object.fromEntries(
      Object.entries(ENTRIES).map(([name, file]) => [name, [`../${file}`]]),
    ),
  },
  include: ['*.ts'],
}

/** The ts blocks of a file's doc comments: the code of each, and the line where it begins. */
function examplesIn(file) {
  const text = readFileSync(file, 'utf8')
  const examples = []
  for (const comment of text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)) {
    const first = text.slice(0, comment.index).split('\n').length
    let block
    comment[0].split('\n').forEach((raw, i) => {
      const line = raw.replace(/^\s*\* ?/, '')
      if (block === undefined) {
        if (line.trim() === '```ts') block = { line: first + i + 1, code: [] }
      } else if (line.trim() === '```') {
        examples.push({ ...block, file })
        block = undefined
      } else {
        block.code.push(line)
      }
    })
    if (block !== undefined)
      problems.push(`${file}:${block.line - 1}: the block of code has no end`)
  }
  return examples
}

/** The ts blocks of a page. */
function blocksIn(file) {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((block) => {
    const line = text.slice(0, block.index).split('\n').length + 1
    const code = block[1].trimEnd().split('\n')
    const usesMiddleware = /\bsession(?:<[^>]*>)?\(/.test(block[1])
    if (usesMiddleware && !block[1].includes("'carryon/hono'")) code[0] = MIDDLEWARE + code[0]
    // A module of its own, also if it imports nothing.
    return { file, line, code: [...code, 'export {}'] }
  })
}

const files = (folder, ending) =>
  readdirSync(folder, { recursive: true })
    .map((file) => posix.join(folder, file.replaceAll('\\', '/')))
    .filter((file) => file.endsWith(ending))
    .sort()

/** Compiles all examples of `src/` and of the pages, and tells where one does not. Returns how many there are. */
function checkExamples() {
  // docs/api.md repeats what is in `src/`; docs/frameworks.md needs the frameworks, which its own tests have.
  const pages = ['README.md', ...files('docs', '.md'), ...files('skills', '.md')]
  const examples = [
    ...files('src', '.ts').flatMap(examplesIn),
    ...pages
      .filter((page) => !['docs/api.md', 'docs/frameworks.md'].includes(page))
      .flatMap(blocksIn),
  ]
  rmSync(FOLDER, { recursive: true, force: true })
  try {
    mkdirSync(FOLDER)
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    writeFileSync(join(FOLDER, 'prelude.ts'), PRELUDE)
    for (const file of ['users.ts', 'login.ts']) {
      const example = readFileSync(`test/docs/examples/${file}`, 'utf8')
      writeFileSync(join(FOLDER, file), example.replaceAll("'../../../", "'../"))
    }
    examples.forEach(({ code }, i) => {
      writeFileSync(join(FOLDER, `example-${i}.ts`), `${code.join('\n')}\n`)
    })
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
    const run = spawnSync(process.execPath, [compiler, '--pretty', 'false', '-p', FOLDER], {
      encoding: 'utf8',
    })
    const messages = `${run.stdout}${run.stderr}`.trim()
    if (run.status !== 0)
      problems.push(toSource(messages, examples) || `${run.error ?? 'tsc failed'}`)
  } finally {
    rmSync(FOLDER, { recursive: true, force: true })
  }
  return examples.length
}

/** The compiler's messages, with the places in `src/` and the pages in place of those in the folder. */
function toSource(messages, examples) {
  return messages.replace(/^\S*example-(\d+)\.ts\((\d+),\d+\)/gm, (_, i, line) => {
    const example = examples[i]
    return `${example.file}:${example.line + Number(line) - 1} (example at line ${example.line})`
  })
}

/** Every one of these needs a comment, and one of them an example, if it is to show one. */
function checkDocs(place, docs, shows) {
  if (docs.some((doc) => doc === '')) problems.push(`${place}: has no doc comment`)
  else if (shows && !docs.some((doc) => /@example[\s\S]*```ts\n/.test(doc)))
    problems.push(`${place}: has no @example`)
}

/** Checks the doc comments of all public names. Returns how many names and members there are. */
function checkComments() {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  const found = new Map()
  for (const { types } of Object.values(exports))
    if (types) publicDeclarations(posix.normalize(types), undefined, found)
  let count = 0
  for (const [place, set] of found) {
    const declarations = [...set].map((each) => JSON.parse(each))
    const shown = declarations.some(({ kind }) => kind === 'function' || kind === 'class')
    checkDocs(
      place,
      declarations.map(({ doc }) => doc),
      shown,
    )
    count++
    for (const { kind, code } of declarations) {
      if (kind !== 'class' && kind !== 'interface') continue
      for (const [name, members] of membersOf(code)) {
        checkDocs(
          `${place}.${name}`,
          members.map(({ doc }) => doc),
          members.some(({ shows }) => shows),
        )
        count++
      }
    }
  }
  if (found.size === 0) problems.push('dist has no declarations: run `npm run build` first')
  return count
}

const names = checkComments()
const examples = checkExamples()
for (const problem of problems) console.error(`check-examples: ${problem}`)
console.log(
  `check-examples: ${examples} examples, ${names} public names and members, ${problems.length} problems`,
)
process.exitCode = problems.length > 0 ? 1 : 0
