/** The arguments of a command. */

/** What was given: flags with a value, flags without, and what is wrong. */
export interface Arguments {
  readonly values: ReadonlyMap<string, string>
  readonly switches: ReadonlySet<string>
  readonly problem: string | undefined
}

/** Reads `--name value`, `--name=value` and `--switch`. Nothing else is taken: a secret or a cookie is no argument. */
export function parseArguments(
  given: readonly string[],
  withValue: readonly string[],
  without: readonly string[],
): Arguments {
  const values = new Map<string, string>()
  const switches = new Set<string>()
  let problem: string | undefined
  const rest = [...given]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [name = '', ...parts] = word.split('=')
    const inline = parts.length > 0 ? parts.join('=') : undefined
    if (without.includes(name) && inline === undefined) switches.add(name)
    else if (withValue.includes(name)) {
      const value = inline ?? rest.shift()
      if (value === undefined) problem = `${name} needs a value.`
      else values.set(name, value)
    }
    // Not repeated: it may be a cookie or a secret.
    else problem ??= 'There is an argument that this command does not know.'
  }
  return { values, switches, problem }
}
