// Packs the package as npm would publish it and checks the tarball. Needs `npm run build` first.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const problems = []
const windows = process.platform === 'win32'
const run = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', shell: windows, stdio: ['ignore', 'pipe', 2] })

function attempt(label, command, ...args) {
  console.log(`— ${label}`)
  try {
    console.log(run(command, ...args).trim())
  } catch (error) {
    console.log(String(error.stdout ?? error).trim())
    problems.push(`${label} failed`)
  }
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const scratch = mkdtempSync(join(tmpdir(), 'carryon-pack-'))
try {
  const [packed] = Object.values(
    JSON.parse(run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch)),
  )
  const tarball = join(scratch, packed.filename)
  console.log(
    `— ${packed.filename}: ${packed.files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`,
  )

  const shipped = new Set(packed.files.map((file) => file.path))
  for (const [entry, target] of Object.entries(manifest.exports)) {
    for (const file of typeof target === 'string' ? [target] : Object.values(target)) {
      if (!shipped.has(file.replace('./', ''))) problems.push(`${entry}: ${file} is not packed`)
    }
  }
  for (const file of shipped) {
    if (!/^(dist\/|docs\/|skills\/|[^/]+$)/.test(file))
      problems.push(`${file} should not be packed`)
  }

  attempt('publint', 'publint', 'run', tarball, '--strict')
  attempt('attw', 'attw', tarball, '--profile', 'esm-only', '--no-color', '--no-emoji')
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

// What the built files import, types included, must be installed at the user's as well.
const declared = new Set([
  ...Object.keys(manifest.dependencies ?? {}),
  ...Object.keys(manifest.peerDependencies ?? {}),
])
const built = existsSync('dist')
  ? readdirSync('dist', { recursive: true }).filter((file) => /\.(js|d\.ts)$/.test(file))
  : []
if (built.length === 0) problems.push('dist is empty: run `npm run build` first')
for (const file of built) {
  // Examples in comments import the package itself.
  const source = readFileSync(join('dist', file), 'utf8').replace(/^ *\/\*\*[\s\S]*?\*\//gm, '')
  for (const [, specifier] of source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    if (specifier.startsWith('.')) continue
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
    const builtin = specifier.startsWith('node:') || builtinModules.includes(name)
    if (builtin ? !/^cli[\\/]/.test(file) : !declared.has(name)) {
      problems.push(`dist/${file}: imports ${specifier}, which is not a dependency`)
    }
  }
}

attempt('imports', process.execPath, join('.ci', 'check-imports.mjs'))

for (const problem of problems) console.error(`check-package: ${problem}`)
console.log(`check-package: ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
