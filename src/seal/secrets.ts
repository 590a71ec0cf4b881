/** The secrets that an app configures, checked. */

import { ConfigError } from '../errors.ts'
import { utf8Length } from '../tree/bytes.ts'
import { isExample, isPredictable } from './guessable.ts'

/** A secret is at least this long, in bytes of UTF-8. */
export const MIN_SECRET_BYTES = 32

const REMEDY = 'Make one with: npx carryon secret'

/** What a secret is not, and the sentence about one that is: its beginning says which. */
const PROBLEMS: readonly (readonly [isWrong: (secret: string) => boolean, sentence: string])[] = [
  [
    (secret) => /^["'`“”„‘’«]|["'`“”’»]$/.test(secret),
    ' has quotes around it, which are part of it here. Leave them out.',
  ],
  [
    (secret) => /[\s\p{C}]/u.test(secret),
    ' has white space inside. Write several secrets with commas between them, and each without breaks.',
  ],
  [(secret) => /^replace-me\b/i.test(secret), ` is the placeholder of an example. ${REMEDY}`],
  [isExample, ` is made of the words of published examples. ${REMEDY}`],
  [isPredictable, ` repeats a few characters or counts up, and can be guessed. ${REMEDY}`],
]

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
    return partsOf(secret)
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
    const problem = PROBLEMS.find(([isWrong]) => isWrong(secret))
    if (problem) throw new ConfigError(which + problem[1])
    if (secrets.indexOf(secret) !== i)
      throw new ConfigError(`${which} is there twice: remove one of the two.`)
  })
  return secrets
}

/** @throws {@link ConfigError} where the text is a list of another notation */
function partsOf(text: string): string[] {
  if (/^(?:\[.*\]|\{.*\})$/s.test(text.trim())) {
    throw new ConfigError(
      'secrets looks like JSON. Write the secrets with commas between them, without brackets and quotes, or pass a list.',
    )
  }
  return text.split(',').map((part) => part.trim())
}
