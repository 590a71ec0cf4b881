import { test } from 'vitest'
import { search } from './check.ts'
import { attack } from './subsets.ts'

const N = Number(process.env['N'] ?? 1000)
const M = Number(process.env['M'] ?? 64)
const seed = Number(process.env['SEED'] ?? 1)
const kinds = {
  one: { steps: 90, sessions: false, pauses: 40 },
  slow: { steps: 90, sessions: false, pauses: 6 },
  many: { steps: 90, sessions: true, pauses: 30 },
}
for (const [name, kind] of Object.entries(kinds)) {
  const late = process.env['LATE'] === '1'
  test(name, { timeout: 200000 }, () => {
    const t = performance.now()
    let bytes = 0
    let subsets = 0
    const found = search(kind, N, seed, {
      late,
      also: (r) => {
        bytes = Math.max(bytes, r.headerBytes)
        if (M > 0 && !late) subsets += attack(r, M)
      },
    })
    console.log(
      name,
      Math.round(performance.now() - t),
      'ms',
      bytes,
      subsets,
      found?.text ?? 'none',
    )
  })
}
