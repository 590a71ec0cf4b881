/** The options `version` and `migrate`. */
import { ConfigError } from '../errors.ts'

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

/**
 * Checks the options `version` and `migrate`.
 *
 * @throws {@link ConfigError} if one of them is wrong
 */
export function resolveMigration(
  version: number | undefined,
  migrate: Migrate | undefined,
): Migration | undefined {
  if (version === undefined) {
    if (migrate !== undefined)
      throw new ConfigError('migrate needs version: the number of the shape that it leads to.')
    return undefined
  }
  if (!Number.isSafeInteger(version) || version < 1)
    throw new ConfigError('version must be a whole number from 1 on.')
  if (migrate !== undefined && typeof migrate !== 'function') {
    if (typeof migrate !== 'object' || migrate === null)
      throw new ConfigError(
        'migrate must be a function, or an object with a step for each older version.',
      )
    for (const from of Object.keys(migrate)) {
      if (!/^\d{1,15}$/.test(from) || Number(from) >= version) {
        throw new ConfigError(
          `migrate has a step from ${from}, but version is ${version}: a step has the number of the version ` +
            'that it starts from, and leads to the next one.',
        )
      }
      if (typeof migrate[Number(from)] !== 'function')
        throw new ConfigError(`migrate[${from}] must be a function.`)
    }
  }
  return { version, migrate }
}
