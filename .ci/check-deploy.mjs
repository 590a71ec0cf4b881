// Bundles the demo as a deployment would, offline, and checks that it asks Node.js for nothing.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const outdir = join('.wrangler', 'dry-run')
rmSync(outdir, { recursive: true, force: true })
execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', outdir], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
})

const bundles = readdirSync(outdir).filter((file) => /\.m?js$/.test(file))
const problems = bundles.length === 0 ? [`${outdir} has no bundle`] : []
for (const file of bundles) {
  const source = readFileSync(join(outdir, file), 'utf8')
  const wanted = source.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](node:[^"']+)["']/g)
  for (const [, specifier] of wanted) problems.push(`${file} imports ${specifier}`)
}
for (const problem of problems) console.error(`check-deploy: ${problem}`)
console.log(`check-deploy: ${bundles.join(', ')}, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
