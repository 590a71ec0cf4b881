/** What the instrumented code looks at: which mutant is on, and what was reached. */

interface Switch {
  active: number
  /** How often the mutant that is on was reached, and how often it may be: more, and it hangs. */
  hits: number
  most: number
  /** How often each mutant was reached. */
  counts: Uint32Array
}

const MOST_MUTANTS = 65_536

export const $mutation: Switch = {
  active: Number(process.env['CARRYON_MUTANT'] ?? -1),
  hits: 0,
  most: 10_000_000,
  counts: new Uint32Array(MOST_MUTANTS),
}

/** The mutant that is on was reached. */
export function $isOn(): true {
  if (++$mutation.hits > $mutation.most) throw new Error('It hangs.')
  return true
}

export function $reached(...ids: number[]): void {
  for (const id of ids) $mutation.counts[id] = ($mutation.counts[id] ?? 0) + 1
}
