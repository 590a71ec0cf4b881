import { test } from 'vitest'
import { search } from './check.ts'
const N = Number(process.env['N'] ?? 1000)
const seed = Number(process.env['SEED'] ?? 1)
for (const [name, kind] of Object.entries({
  one: { steps: 90, sessions: false, pauses: 40 },
  slow: { steps: 90, sessions: false, pauses: 6 },
  many: { steps: 90, sessions: true, pauses: 30 },
})) {
  test(name, { timeout: 200000 }, () => {
    const t = performance.now()
    let bytes = 0
    const found = search(kind, N, seed, { also: (r) => { bytes = Math.max(bytes, r.headerBytes) } })
    console.log(name, Math.round(performance.now() - t), 'ms', bytes, found?.text ?? 'none')
  })
}
