/** What was measured, as a table, and what of it misses a goal. */
import { table } from '../table.ts'

/** Mean bytes of a read. */
export interface Measured {
  /** Of its header block on the wire. */
  readonly block: number
  /** Of its header Cookie. */
  readonly cookie: number
}

export interface Row {
  readonly browser: string
  /** SETTINGS_HEADER_TABLE_SIZE of the server. */
  readonly tableBytes: number
  /** Of the session's data as JSON. */
  readonly bytes: number
  readonly workload: string
  readonly ours: Measured
  readonly one: Measured
}

/** What servers offer unless they are told otherwise, and nginx always. */
export const SMALL_TABLE = 4096

export const sizeOf = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`

export function tableOf(rows: readonly Row[]): string {
  const head = [
    'browser',
    'table',
    'session',
    'workload',
    'carryon',
    'one cookie',
    'Cookie: carryon',
    'Cookie: one cookie',
  ]
  const cells = rows.map(({ browser, tableBytes, bytes, workload, ours, one }) => [
    browser,
    ...[String(tableBytes), sizeOf(bytes), workload],
    ...[ours.block, one.block, ours.cookie, one.cookie].map(String),
  ])
  return table(head, cells)
}

/** What a read may cost at most. The goals hold for the small table; with a large one all is cheap. */
export interface Goal {
  readonly what: string
  readonly value: number
  readonly most: number
}

export function goalsOf(rows: readonly Row[]): Goal[] {
  return rows
    .filter(({ tableBytes }) => tableBytes === SMALL_TABLE)
    .flatMap((row) => {
      const { browser, bytes, workload, ours, one } = row
      const what = `${browser}, ${sizeOf(bytes)}, ${workload}`
      const own = ownGoal(row)
      const goals = own === undefined ? [] : [{ what, value: ours.block, most: own }]
      return [...goals, { what: `${what}, against one cookie`, value: ours.block, most: one.block }]
    })
}

function ownGoal({ browser, bytes }: Row): number | undefined {
  if (bytes <= 1024) return 180
  // Firefox never puts a cookie of more than 2,048 bytes into its table.
  return bytes < 2048 && browser.startsWith('Chromium') ? 320 : undefined
}

export const isMissed = ({ value, most }: Goal): boolean => value > most

/** A sentence for the docs. */
export function verdictOf(goals: readonly Goal[]): string {
  const missed = goals.filter(isMissed)
  if (missed.length === 0) return `All ${goals.length} goals are met.`
  const list = missed.map(({ what, value, most }) => `- ${what}: ${value}, goal ${most}`)
  return `${missed.length} of ${goals.length} goals are missed:\n\n${list.join('\n')}`
}
