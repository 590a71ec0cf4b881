/** What the command `carryon` does, as a function of its arguments. */
import { toBase64Url } from '../tree/bytes.ts'

/** What to print, and the exit code. */
export interface Result {
  readonly out: string
  readonly error: string
  readonly code: 0 | 2
}

const SECRET_BYTES = 32

const HELP = `carryon secret   print a new secret: ${SECRET_BYTES} random bytes in base64url

Keep it where your app gets its secrets from, for example:
  npx wrangler secret put SESSION_SECRETS
To rotate, deploy "old,new" everywhere, then "new,old"; once the absolute timeout
of a session is over (12 hours by default), deploy "new".`

/** Runs the command. `random` gives random bytes. */
export function run(args: readonly string[], random: (count: number) => Uint8Array): Result {
  const [command, ...rest] = args
  if (command === 'secret' && rest.length === 0)
    return { out: toBase64Url(random(SECRET_BYTES)), error: '', code: 0 }
  if (command === undefined || command === 'help' || command === '--help')
    return { out: HELP, error: '', code: 0 }
  return { out: '', error: `carryon: "${args.join(' ')}" is not a command.\n\n${HELP}`, code: 2 }
}
