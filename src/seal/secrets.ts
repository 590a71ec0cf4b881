/** The secrets that an app configures, checked. */

import { ConfigError } from '../errors.ts'
import { utf8Length } from '../tree/bytes.ts'

/** A secret is at least this long, in bytes of UTF-8. */
export const MIN_SECRET_BYTES = 32

const MIN_DISTINCT_CHARACTERS = 10

const REMEDY = 'Make one with: npx carryon secret'

/**
 * The list of secrets in an option: one string, a list of strings, or one string with commas between
 * them. The first one seals, all of them open.
 *
 * @throws {@link ConfigError} where there is none, or one that is short, obviously weak, or given twice
 */
export function parseSecrets(option: unknown): readonly string[] {
  if (option === undefined || option === null || option === '') {
    throw new ConfigError(
      `secrets is missing: set it to a secret of at least ${MIN_SECRET_BYTES} bytes. ${REMEDY}`,
    )
  }
  const given: readonly unknown[] = Array.isArray(option) ? option : [option]
  const secrets = given.flatMap((secret) => {
    if (typeof secret !== 'string')
      throw new ConfigError('secrets must be a string or a list of strings.')
    return secret.split(',').map((part) => part.trim())
  })
  if (secrets.length === 0)
    throw new ConfigError(`secrets is an empty list: it needs at least one secret. ${REMEDY}`)
  secrets.forEach((secret, i) => {
    const which = secrets.length === 1 ? 'The secret' : `Secret ${i + 1} of ${secrets.length}`
    const bytes = utf8Length(secret)
    if (bytes < MIN_SECRET_BYTES) {
      throw new ConfigError(
        `${which} has ${bytes} bytes, at least ${MIN_SECRET_BYTES} are needed. ${REMEDY}`,
      )
    }
    if (/^replace-me\b/i.test(secret))
      throw new ConfigError(`${which} is the placeholder of an example. ${REMEDY}`)
    if (new Set(secret).size < MIN_DISTINCT_CHARACTERS) {
      throw new ConfigError(`${which} repeats a few characters and can be guessed. ${REMEDY}`)
    }
    if (secrets.indexOf(secret) !== i)
      throw new ConfigError(`${which} is there twice: remove one of the two.`)
  })
  return secrets
}
