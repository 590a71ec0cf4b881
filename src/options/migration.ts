/** The options `version` and `migrate`. */

/**
 * Brings data from one version to the next. Return new data, or change `data` in place and return
 * nothing.
 *
 * @example
 * ```ts
 * import type { MigrationStep } from 'carryon'
 *
 * const addCoupon: MigrationStep = (data) => ({ ...data, coupon: '' })
 * ```
 */
export type MigrationStep = (data: Record<string, unknown>) => Migrated | Promise<Migrated>

/** What a migration returns: new data, or nothing if it changed the given data in place. */
export type Migrated = object | undefined

/**
 * Brings data that was stored with an older `version` up to date: one function that gets the
 * version of the data, or one step for each older version, by its number. Steps run one after the
 * other, up to the current version. Data that was stored before there was a `version` has version
 * 0.
 *
 * @example
 * ```ts
 * import type { Migrate } from 'carryon'
 *
 * const steps: Migrate = {
 *   0: (data) => ({ ...data, cart: {} }),
 *   1: ({ banner: _, ...rest }) => rest,
 * }
 * const all: Migrate = (data, from) => (from < 2 ? { ...data, cart: {} } : undefined)
 * ```
 */
export type Migrate =
  | ((data: Record<string, unknown>, from: number) => Migrated | Promise<Migrated>)
  | { readonly [from: number]: MigrationStep }

/** The options `version` and `migrate`, checked. */
export interface Migration {
  readonly version: number
  readonly migrate: Migrate | undefined
}

/** What is wrong with the steps of a migration to `version`: a sentence, or `undefined`. */
export function problemOfSteps(version: number, steps: Migrate): string | undefined {
  if (typeof steps === 'function') return undefined
  for (const from of Object.keys(steps)) {
    if (!/^(?:0|[1-9]\d{0,14})$/.test(from) || Number(from) >= version) {
      return (
        `migrate has a step from ${from.slice(0, 15)}, but version is ${version}: a step has the number of the version ` +
        'that it starts from, and leads to the next one.'
      )
    }
    if (typeof steps[Number(from)] !== 'function') return `migrate[${from}] must be a function.`
  }
  return undefined
}
