/**
 * Runs the table of mutants: `npm run mutants`, or `npm run mutants -- WORD` for those whose claim, file or test has the
 * word. Each mutant is made in a copy of the project, and must fail one of the tests that stand beside it.
 */
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createVitest, type Vitest } from 'vitest/node'
import { type Mutant, mutants } from './table.ts'

const ROOT = join(import.meta.dirname, '../..')
/** A mutant may make a test wait for what never comes. */
const TEST_TIMEOUT_MS = 120_000

type Outcome = 'caught' | 'survived' | 'broken'

/** A test that failed. */
interface Failed {
  readonly file: string
  readonly name: string
}

const words = process.argv.slice(2)
const wanted = mutants.filter((mutant) =>
  words.every((word) => JSON.stringify(mutant).toLowerCase().includes(word.toLowerCase())),
)
const folder = copy()
const vitest = await createVitest('test', {
  root: folder,
  config: false,
  watch: false,
  silent: true,
  reporters: [{}],
  include: ['test/**/*.test.ts'],
  testTimeout: TEST_TIMEOUT_MS,
  maxWorkers: 2,
})
let left = 0
try {
  left = await runAll(vitest)
} finally {
  await vitest.close()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(left > 0 ? 1 : 0)

function copy(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'carryon-mutants-')))
  for (const part of ['src', 'test', 'docs', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(made, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(made, 'node_modules'))
  return made
}

/** The tests that fail on the code as it is: they would catch anything. */
async function failingWithout(runner: Vitest): Promise<readonly Failed[]> {
  const files = [...new Set(wanted.map(({ test }) => test))]
  const { failed } = await run(runner, files, ...new Set(wanted.map(({ name }) => name)))
  for (const { name } of failed) console.log(`fails without any mutant: ${name}`)
  return failed
}

async function runAll(runner: Vitest): Promise<number> {
  const started = Date.now()
  const before = await failingWithout(runner)
  const counts: Record<Outcome, number> = { caught: 0, survived: 0, broken: 0 }
  for (const mutant of wanted) {
    const pattern = new RegExp(patternOf(mutant.name))
    const isOut = before.some(({ file, name }) => file === mutant.test && pattern.test(name))
    const outcome = isOut ? 'broken' : await outcomeOf(runner, mutant)
    counts[outcome]++
    console.log(`${outcome.padEnd(8)}  ${mutant.claim}: ${mutant.what}  (${mutant.file})`)
  }
  const seconds = Math.round((Date.now() - started) / 1000)
  console.log(
    `${wanted.length} mutants in ${seconds} s: ${counts.caught} caught, ${counts.survived} survived, ${counts.broken} broken`,
  )
  return counts.survived + counts.broken
}

/** `broken`: the edit is none, what it leads to does not even load, or the test fails without it. */
async function outcomeOf(runner: Vitest, { file, from, to, test, name }: Mutant): Promise<Outcome> {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2 || from === to) return 'broken'
  try {
    writeFileSync(
      path,
      text.replace(from, () => to),
    )
    runner.invalidateFile(path)
    const { failed, ran, isLoaded } = await run(runner, [test], name)
    if (failed.length > 0) return 'caught'
    return isLoaded && ran > 0 ? 'survived' : 'broken'
  } finally {
    writeFileSync(path, text)
    runner.invalidateFile(path)
  }
}

/** Runs the tests of these files whose names have one of these texts. */
async function run(
  runner: Vitest,
  files: readonly string[],
  ...names: readonly string[]
): Promise<{ failed: readonly Failed[]; ran: number; isLoaded: boolean }> {
  const found = await Promise.all(files.map((file) => runner.globTestSpecifications([file])))
  runner.setGlobalTestNamePattern(new RegExp(names.map(patternOf).join('|')))
  const { testModules } = await runner.runTestSpecifications(found.flat())
  const tests = testModules.flatMap(({ children }) => [...children.allTests()])
  const failed = tests.filter((test) => test.result().state === 'failed')
  const passed = tests.filter((test) => test.result().state === 'passed')
  return {
    failed: failed.map(({ fullName, module }) => ({
      file: relative(folder, module.moduleId),
      name: fullName.replaceAll(' > ', ' '),
    })),
    ran: failed.length + passed.length,
    isLoaded: testModules.every((each) => each.errors().length === 0),
  }
}

/** `%s` stands for what a table of tests puts there. */
function patternOf(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('%s', '.*')
}
