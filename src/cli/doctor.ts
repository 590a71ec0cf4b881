/** Whether a Worker or a server is set up for carryon. */
import { ConfigError } from '../errors.ts'
import { parseSecrets } from '../seal/secrets.ts'
import { memberOf } from '../tree/unknown.ts'

/** What is known of a project. */
export interface Project {
  /** The Wrangler configuration, as Wrangler reads it; `undefined` where there is none. */
  readonly wrangler: { readonly file: string; readonly config: object } | undefined
  /** Why it could not be read. */
  readonly wranglerProblem?: string | undefined
  /** The name of the variable with the secrets. */
  readonly secretsName: string
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What stands in `.dev.vars`, by name. */
  readonly devVars: Readonly<Record<string, string>> | undefined
  /** What Node accepts of request headers, in bytes. */
  readonly maxHeaderBytes: number
}

/** One thing that was looked at. */
export interface DoctorFinding {
  readonly status: 'ok' | 'warn' | 'fail'
  readonly about: 'configuration' | 'compatibility date' | 'secrets' | 'bindings' | 'headers'
  readonly text: string
}

/** Before this, Workers had no `Headers.getSetCookie()`. */
const OLDEST_DATE = '2023-03-01'

/** What a Cookie header of carryon can come to, with room for others. */
const HEADER_BYTES = 16_384

/** Looks a project over. No finding repeats a secret. */
export function examine(project: Project): readonly DoctorFinding[] {
  const { wrangler, wranglerProblem } = project
  const findings: DoctorFinding[] = []
  if (wranglerProblem !== undefined) findings.push(fail('configuration', wranglerProblem))
  if (wrangler) {
    findings.push(ok('configuration', `${wrangler.file} was read.`))
    findings.push(dateFinding(memberOf(wrangler.config, 'compatibility_date')))
    findings.push(...bindingFindings(wrangler.config))
  } else if (wranglerProblem === undefined) {
    findings.push(
      ok(
        'configuration',
        'There is no wrangler.toml or wrangler.jsonc here: a server on Node, Bun or Deno.',
      ),
    )
  }
  findings.push(...secretFindings(project))
  if (!wrangler) findings.push(headerFinding(project.maxHeaderBytes))
  return findings
}

function dateFinding(date: unknown): DoctorFinding {
  const about = 'compatibility date'
  if (typeof date !== 'string')
    return fail(about, 'There is none. Set compatibility_date to today.')
  if (date < OLDEST_DATE)
    return fail(
      about,
      `${date} is too old: carryon needs ${OLDEST_DATE} or later (Headers.getSetCookie).`,
    )
  return ok(about, `${date}. nodejs_compat is not needed.`)
}

function bindingFindings(config: object): DoctorFinding[] {
  const about = 'bindings'
  const spaces = names(memberOf(config, 'kv_namespaces'), 'binding')
  const kv =
    spaces.length === 0
      ? 'No KV namespace: fine, unless sessions need more than a cookie holds.'
      : `KV: overflow: workersKV(env.${spaces[0]}). The namespace itself is no store.`
  const findings = [ok(about, kv)]
  const objects = list(memberOf(memberOf(config, 'durable_objects'), 'bindings'))
  const isOurs = (each: unknown) =>
    String(memberOf(each, 'class_name')).endsWith('RevocationObject')
  const [own] = objects.filter(isOurs)
  if (!own) return findings
  const [binding, className] = [memberOf(own, 'name'), memberOf(own, 'class_name')]
  const migrations = list(memberOf(config, 'migrations'))
  const has = (key: string) =>
    migrations.some((each) => list(memberOf(each, key)).includes(className))
  if (has('new_sqlite_classes'))
    findings.push(
      ok(about, `Durable Objects: revocation: { store: durableObjectMarks(env.${binding}), … }.`),
    )
  else if (has('new_classes'))
    findings.push(
      fail(about, `${className} needs SQLite: name it in new_sqlite_classes, not in new_classes.`),
    )
  else if (memberOf(own, 'script_name') === undefined)
    findings.push(
      fail(about, `${className} has no migration: add [[migrations]] with new_sqlite_classes.`),
    )
  return findings
}

function secretFindings({ wrangler, secretsName, env, devVars }: Project): DoctorFinding[] {
  const findings: DoctorFinding[] = []
  if (memberOf(memberOf(wrangler?.config, 'vars'), secretsName) !== undefined) {
    const remedy = `Remove it there, change it, and run: npx wrangler secret put ${secretsName}`
    findings.push(fail('secrets', `${secretsName} stands in [vars], for all to read. ${remedy}`))
  }
  const local = devVars?.[secretsName]
  const given = env[secretsName]
  if (local !== undefined) findings.push(secretFinding(local, `${secretsName} in .dev.vars`))
  if (given !== undefined) findings.push(secretFinding(given, `${secretsName} in the environment`))
  if (wrangler && local === undefined && given === undefined)
    findings.push(
      warn(
        'secrets',
        `${secretsName} is not in .dev.vars: npx wrangler dev needs it. npx carryon secret makes one.`,
      ),
    )
  if (wrangler)
    findings.push(
      warn(
        'secrets',
        `What is deployed cannot be seen from here: npx wrangler secret list must name ${secretsName}.`,
      ),
    )
  if (!wrangler && given === undefined)
    findings.push(
      fail('secrets', `${secretsName} is not in the environment. npx carryon secret makes one.`),
    )
  return findings
}

function secretFinding(value: string, where: string): DoctorFinding {
  try {
    const { length } = parseSecrets(value)
    return ok(
      'secrets',
      `${where}: ${length === 1 ? 'one secret' : `${length} secrets`}, long enough.`,
    )
  } catch (error) {
    if (error instanceof ConfigError) return fail('secrets', `${where}: ${error.message}`)
    throw error
  }
}

function headerFinding(maxHeaderBytes: number): DoctorFinding {
  const size = maxHeaderBytes.toLocaleString('en-US')
  return maxHeaderBytes >= HEADER_BYTES
    ? ok('headers', `Node accepts ${size} bytes of request headers.`)
    : warn(
        'headers',
        `Node accepts only ${size} bytes of request headers: raise --max-http-header-size.`,
      )
}

/** The findings as text. */
export function findingsText(findings: readonly DoctorFinding[]): string {
  const marks = { ok: 'ok  ', warn: 'note', fail: 'FAIL' }
  return findings.map(({ status, about, text }) => `${marks[status]} ${about}: ${text}`).join('\n')
}

const ok = (about: DoctorFinding['about'], text: string): DoctorFinding => ({
  status: 'ok',
  about,
  text,
})
const warn = (about: DoctorFinding['about'], text: string): DoctorFinding => ({
  status: 'warn',
  about,
  text,
})
const fail = (about: DoctorFinding['about'], text: string): DoctorFinding => ({
  status: 'fail',
  about,
  text,
})

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function names(value: unknown, key: string): string[] {
  return list(value).flatMap((each) => {
    const name = memberOf(each, key)
    return typeof name === 'string' ? name : []
  })
}
