/**
 * The mutation score of the merge core and of sealing: `npm run mutation`, or `npm run mutation -- src/seal` for the
 * files whose paths begin so. `--share=6` tries every sixth mutant, drawn with a fixed seed; `--report=FILE` writes what
 * became of each as JSON, and `--again=FILE` tries those that such a report tells as left. All mutants of all files stand
 * in one bundle with the tests, and are switched on one by one.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, files, instrument, type Mutant } from './bundle.ts'
import { Child, type Fate, type Known, Trial, type Tried } from './trial.ts'

const SOURCES = ['src/log/**/*.ts', 'src/seal/*.ts']
const TESTS = [
  'test/log/**/*.test.ts',
  'test/seal/*.test.ts',
  'test/merging/{null,one-fold,look-alikes,many-changes,many-named,pairs,bursts}.test.ts',
  'test/session/{starts,ends,identity}.test.ts',
]
/** Hours of traffic. */
const TOO_LONG = ['test/log/writing/calm.test.ts']

/** The score that is promised, in percent. */
const GOAL = 90
const PROCESSES = 2
const SEED = 20_261_127

const args = process.argv.slice(2)
const share = Number(args.find((arg) => arg.startsWith('--share='))?.slice('--share='.length) ?? 1)
const report = args.find((arg) => arg.startsWith('--report='))?.slice('--report='.length)
const again = args.find((arg) => arg.startsWith('--again='))?.slice('--again='.length)
const paths = args.filter((arg) => !arg.startsWith('--'))
const folder = mkdtempSync(join(tmpdir(), 'carryon-mutation-'))

async function main(): Promise<number> {
  const started = Date.now()
  const sources = files(SOURCES).filter(
    (file) => paths.length === 0 || paths.some((path) => file.startsWith(path)),
  )
  const tests = files(TESTS).filter((file) => !TOO_LONG.includes(file))
  const made = await instrument(sources)
  const counting = join(folder, 'counting.mjs')
  const plain = join(folder, 'plain.mjs')
  await bundle(made, tests, counting, true)
  await bundle(made, tests, plain, false)
  const known = await dryRun(counting)
  const chosen = sample(made.mutants)
  console.log(
    `${sources.length} files, ${made.mutants.length} mutants, ${chosen.length} of them are tried; ${known.tests.length} tests take ${Math.round(known.tests.reduce((sum, { ms }) => sum + ms, 0) / 1000)} s`,
  )
  const tried = await tryAll(chosen, known, plain)
  print(tried, (Date.now() - started) / 1000)
  if (report !== undefined) writeFileSync(report, JSON.stringify(tried, undefined, 1))
  return scoreOf(tried) < GOAL ? 1 : 0
}

/** Every `share`th mutant of a random order that is always the same; or those that a report tells as left. */
function sample(mutants: readonly Mutant[]): readonly Mutant[] {
  if (again !== undefined) {
    const left: readonly Tried[] = JSON.parse(readFileSync(again, 'utf8'))
    const keys = new Set(left.flatMap((each) => (each.fate === 'killed' ? [] : keyOf(each.mutant))))
    return mutants.filter((mutant) => keys.has(keyOf(mutant)))
  }
  if (share === 1) return mutants
  let state = SEED
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  const mixed = mutants.map((mutant) => ({ mutant, at: next() })).sort((a, b) => a.at - b.at)
  const some = new Set(
    mixed.slice(0, Math.ceil(mutants.length / share)).map(({ mutant }) => mutant),
  )
  return mutants.filter((mutant) => some.has(mutant))
}

function keyOf({ file, line, column, kind, replacement }: Mutant): string {
  return [file, line, column, kind, replacement].join(' ')
}

async function dryRun(path: string): Promise<Known> {
  const child = await Child.start(path)
  const answer = await child.ask({ do: 'dry-run' }, 1_200_000)
  child.end()
  if (answer?.is !== 'dry-run') throw new Error('The tests did not end without a mutant.')
  // Some need all their cases to show that they show something.
  for (const { file, name, error } of answer.tests)
    if (error !== undefined) console.log(`left out, since it fails with few cases: ${file} ${name}`)
  return answer
}

async function tryAll(
  mutants: readonly Mutant[],
  known: Known,
  path: string,
): Promise<readonly Tried[]> {
  const tried: Tried[] = []
  const left = [...mutants]
  const work = async () => {
    const trial = new Trial(path, known)
    for (let mutant = left.shift(); mutant; mutant = left.shift()) {
      tried.push(await trial.run(mutant))
      if (tried.length % 50 === 0) console.log(`${tried.length} of ${mutants.length}`)
    }
    trial.end()
  }
  await Promise.all(Array.from({ length: PROCESSES }, work))
  return tried.sort((a, b) => a.mutant.id - b.mutant.id)
}

function scoreOf(tried: readonly Tried[]): number {
  const killed = tried.filter(({ fate }) => fate === 'killed').length
  return (100 * killed) / Math.max(1, tried.length)
}

function print(tried: readonly Tried[], seconds: number): void {
  for (const { mutant, fate, isCut } of tried) {
    if (fate === 'killed') continue
    const { file, line, column, kind, original, replacement } = mutant
    const note = isCut ? ', not by all tests that reach it' : ''
    console.log(`${fate}${note}: ${file}:${line}:${column} ${kind}: ${original} → ${replacement}`)
  }
  const rooms = new Map<string, Tried[]>()
  for (const each of tried) {
    const room = each.mutant.file.slice(0, each.mutant.file.lastIndexOf('/'))
    rooms.set(room, [...(rooms.get(room) ?? []), each])
  }
  const line = (name: string, some: readonly Tried[]) => {
    const count = (fate: Fate) => some.filter((each) => each.fate === fate).length
    console.log(
      `${name.padEnd(18)} ${scoreOf(some).toFixed(1).padStart(5)} %  ${count('killed')} of ${some.length} killed, ${count('survived')} survived, ${count('unreached')} unreached`,
    )
  }
  for (const [name, some] of rooms) line(name, some)
  line('all', tried)
  console.log(
    `in ${Math.round(seconds)} s${share > 1 ? `; a sample: every ${share}th mutant` : ''}`,
  )
}

process.exitCode = await main().finally(() => rmSync(folder, { recursive: true, force: true }))
