// Fails when package-lock.json would not install alike on every platform, or from any registry.
import { readFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const problems = []
let optional = 0

/** Looks a dependency up the way Node does: in the package's own node_modules, then further out. */
function isLocked(from, name) {
  for (let at = from; ; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    if (packages[`${at && `${at}/`}node_modules/${name}`]) return true
    if (at === '') return false
  }
}

const versions = new Map()
for (const [path, meta] of Object.entries(packages)) {
  if (path === '') continue
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  versions.set(name, [...(versions.get(name) ?? []), meta.version])
  if (meta.resolved) problems.push(`${path}: names a registry (${meta.resolved})`)
  if (!meta.integrity && !meta.inBundle) problems.push(`${path}: has no integrity hash`)
  for (const dependency of Object.keys(meta.optionalDependencies ?? {})) {
    optional++
    if (!isLocked(path, dependency)) problems.push(`${path}: ${dependency} is not in the lock`)
  }
}

// Two of one of these means two incompatible runtimes in one test run.
for (const name of ['miniflare', 'workerd', 'wrangler', 'vite', 'vitest', 'jose', 'hono']) {
  const found = versions.get(name) ?? []
  if (found.length !== 1) problems.push(`${name}: ${found.length} in the lock (${found})`)
}
for (const platform of ['linux', 'darwin', 'win32']) {
  const native = Object.values(packages).filter((meta) => meta.os?.includes(platform)).length
  if (native < 5) problems.push(`${platform}: only ${native} native packages in the lock`)
}

for (const problem of problems) console.error(problem)
console.log(
  `check-lock: ${versions.size} packages, ${optional} optional ones, ${problems.length} problems`,
)
process.exitCode = problems.length > 0 ? 1 : 0
