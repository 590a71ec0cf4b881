/** How much the model tests do: all of it in Node, a part in workerd, where the same code runs. */
const isWorkerd = navigator.userAgent === 'Cloudflare-Workers'

/** The same schedules in every run. What fails names the seed and the number of the schedule. */
export const SEED = 20_261_122

/** For what takes seconds where nothing else runs: only what hangs takes so long. */
export const LONG_MS = 600_000

export function runs(inNode: number): number {
  return isWorkerd ? Math.ceil(inNode / 20) : inNode
}
