/** The options `version` and `migrate`. */
import { ConfigError } from '../errors.ts'

/** Makes data of the next version: it returns other data, or changes `data` in place and returns nothing. */
export type MigrationStep = (data: Record<string, unknown>) => Migrated | Promise<Migrated>

/** What a migration returns: the data, or nothing where it changed the data that it was given. */
export type Migrated = object | undefined

/**
 * Brings data that was sealed with an older `version` up to date: one function that is told the version, or
 * a step for each older version, by its number. Sessions that were sealed before there was a `version` are
 * of version 0.
 */
export type Migrate =
  | ((data: Record<string, unknown>, from: number) => Migrated | Promise<Migrated>)
  | { readonly [from: number]: MigrationStep }

/** How the options `version` and `migrate` work together. */
export interface Migration {
  readonly version: number
  readonly migrate: Migrate | undefined
}

/** @throws ConfigError */
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
