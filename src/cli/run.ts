/** What the command `carryon` does, as a function of its arguments and its surroundings. */
import { ConfigError } from '../errors.ts'
import { toBase64Url } from '../tree/bytes.ts'
import { parseArguments } from './arguments.ts'
import { examine, findingsText, type Project } from './doctor.ts'
import { inspect } from './inspect.ts'
import { inspectionText, printable } from './inspect-text.ts'

/** What to print, and the exit code: 1 if something is wrong with what was looked at, 2 if the command was. */
export interface Result {
  readonly out: string
  readonly error: string
  readonly code: 0 | 1 | 2
}

/** What the command gets from outside. */
export interface Surroundings {
  /** Random bytes. */
  readonly random: (count: number) => Uint8Array
  readonly env: Readonly<Record<string, string | undefined>>
  /** In ms since 1970. */
  readonly now: () => number
  /** The Cookie header: all of standard input, or what is typed at a prompt. */
  readonly readHeader: () => Promise<string>
  /** What is known of the project in this folder. */
  readonly project: (
    file: string | undefined,
    environment: string | undefined,
  ) => Promise<Omit<Project, 'secretsName' | 'env'>>
}

const SECRET_BYTES = 32
const SECRETS_NAME = 'SESSION_SECRETS'

const HELP = `carryon secret    print a new secret: ${SECRET_BYTES} random bytes in base64url
carryon inspect   tell what is in a Cookie header, from standard input or typed in
carryon doctor    look over wrangler.toml or wrangler.jsonc, and the environment

inspect   --name NAME, --path PATH, --domain DOMAIN: the option cookie of the app
          --audience TEXT: its option audience
          --no-data: leave out the data of the session
doctor    --config FILE, --env NAME: of Wrangler
both      --secrets-in NAME: the variable with the secrets. Default: ${SECRETS_NAME}
          --json: for scripts

Secrets and cookies are never arguments: other users of a machine can see those.

Keep a secret where your app gets its secrets from, for example:
  npx wrangler secret put ${SECRETS_NAME}
To rotate, deploy "old,new" everywhere, then "new,old"; once the absolute timeout
of a session is over (12 hours by default), deploy "new".`

/** Runs the command. */
export async function run(args: readonly string[], around: Surroundings): Promise<Result> {
  const [command, ...rest] = args
  if (command === 'secret' && rest.length === 0)
    return succeeded(toBase64Url(around.random(SECRET_BYTES)))
  if (command === 'inspect') return runInspect(rest, around)
  if (command === 'doctor') return runDoctor(rest, around)
  if (command === undefined || command === 'help' || command === '--help') return succeeded(HELP)
  return wrong(`"${command}" is not a command.\n\n${HELP}`)
}

async function runInspect(args: readonly string[], around: Surroundings): Promise<Result> {
  const flags = ['--name', '--path', '--domain', '--audience', '--secrets-in']
  const { values, switches, problem } = parseArguments(args, flags, ['--json', '--no-data'])
  if (problem !== undefined) return wrong(`inspect: ${problem}\n\n${HELP}`)
  const variable = values.get('--secrets-in') ?? SECRETS_NAME
  const secrets = around.env[variable]
  if (secrets === undefined)
    return wrong(
      `inspect: put the secrets of the app into the variable ${variable}, or name another with --secrets-in.`,
    )
  try {
    const inspection = await inspect(await around.readHeader(), {
      secrets,
      name: values.get('--name'),
      path: values.get('--path'),
      domain: values.get('--domain'),
      audience: values.get('--audience'),
      withoutData: switches.has('--no-data'),
      now: around.now(),
    })
    return succeeded(
      switches.has('--json') ? JSON.stringify(inspection, null, 2) : inspectionText(inspection),
    )
  } catch (error) {
    if (error instanceof ConfigError) return wrong(`inspect: ${error.message}`)
    throw error
  }
}

async function runDoctor(args: readonly string[], around: Surroundings): Promise<Result> {
  const flags = ['--config', '--env', '--secrets-in']
  const { values, switches, problem } = parseArguments(args, flags, ['--json'])
  if (problem !== undefined) return wrong(`doctor: ${problem}\n\n${HELP}`)
  const secretsName = values.get('--secrets-in') ?? SECRETS_NAME
  const known = await around.project(values.get('--config'), values.get('--env'))
  const findings = examine({ ...known, secretsName, env: around.env })
  const out = switches.has('--json') ? JSON.stringify(findings, null, 2) : findingsText(findings)
  return {
    out: lines(out),
    error: '',
    code: findings.some(({ status }) => status === 'fail') ? 1 : 0,
  }
}

const lines = (text: string): string => text.split('\n').map(printable).join('\n')
const succeeded = (out: string): Result => ({ out: lines(out), error: '', code: 0 })
const wrong = (text: string): Result => ({ out: '', error: lines(`carryon: ${text}`), code: 2 })
