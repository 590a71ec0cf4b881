/** `carryon doctor`: a project, looked over. Wrangler's configuration is read by the real Wrangler. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { type DoctorFinding, examine, findingsText, type Project } from '../../src/cli/doctor.ts'
import { run } from '../../src/cli/run.ts'
import { projectIn } from '../../src/cli/surroundings.ts'
import { SECRET } from '../support/visitor.ts'
import { around } from './around.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const ROOT = join(import.meta.dirname, '../..')

/** A folder with these files, and with Wrangler installed unless it is left out. */
function folderWith(files: Readonly<Record<string, string>>, withWrangler = true): string {
  const folder = mkdtempSync(join(tmpdir(), 'carryon-doctor-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  if (withWrangler) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

const project: Project = {
  wrangler: undefined,
  secretsName: 'SESSION_SECRETS',
  env: { SESSION_SECRETS: SECRET },
  devVars: undefined,
  maxHeaderBytes: 16_384,
}

const worker = (config: object, more: Partial<Project> = {}) =>
  examine({
    ...project,
    env: {},
    devVars: { SESSION_SECRETS: SECRET },
    wrangler: { file: 'wrangler.jsonc', config: { compatibility_date: '2026-10-20', ...config } },
    ...more,
  })

const of = (findings: readonly DoctorFinding[], about: DoctorFinding['about']) =>
  findings.filter((each) => each.about === about)

describe('a finding', () => {
  test.each([
    [undefined, 'fail'],
    ['2022-11-30', 'fail'],
    ['2023-03-01', 'ok'],
    ['2026-10-20', 'ok'],
  ])('about compatibility_date %s is %s', (date, status) => {
    expect(of(worker({ compatibility_date: date }), 'compatibility date')).toMatchObject([
      { status },
    ])
  })

  test('about secrets: in vars they fail, in .dev.vars and the environment they are checked', () => {
    const inVars = of(worker({ vars: { SESSION_SECRETS: SECRET } }), 'secrets')
    expect(inVars[0]).toMatchObject({ status: 'fail', text: expect.stringContaining('[vars]') })
    const short = of(worker({}, { devVars: { SESSION_SECRETS: 'sh0rt' } }), 'secrets')
    expect(short[0]).toMatchObject({ status: 'fail', text: expect.stringContaining('at least 32') })
    const missing = of(worker({}, { devVars: undefined }), 'secrets')
    expect(missing[0]).toMatchObject({ status: 'warn', text: expect.stringContaining('.dev.vars') })
    expect(of(examine({ ...project, env: {} }), 'secrets')).toMatchObject([{ status: 'fail' }])
    const two = examine({
      ...project,
      env: { SESSION_SECRETS: [SECRET, SECRET.replace('o', '0')].join() },
    })
    expect(of(two, 'secrets')).toMatchObject([{ status: 'ok' }])
    for (const found of [inVars, short, missing, two])
      expect(findingsText(found)).not.toMatch(new RegExp(`${SECRET}|sh0rt`))
  })

  test('about bindings: a KV namespace is wrapped, a Durable Object needs SQLite', () => {
    const kv = of(worker({ kv_namespaces: [{ binding: 'SESSIONS' }] }), 'bindings')
    expect(kv).toMatchObject([
      { status: 'ok', text: expect.stringContaining('workersKV(env.SESSIONS)') },
    ])
    const bindings = [{ name: 'REVOCATIONS', class_name: 'RevocationObject' }]
    const status = (more: object) =>
      of(worker({ durable_objects: { bindings }, ...more }), 'bindings')[1]?.status
    expect(status({ migrations: [{ new_sqlite_classes: ['RevocationObject'] }] })).toBe('ok')
    expect(status({ migrations: [{ new_classes: ['RevocationObject'] }] })).toBe('fail')
    expect(status({ migrations: [] })).toBe('fail')
  })

  test('about headers is for servers', () => {
    expect(of(examine(project), 'headers')).toMatchObject([{ status: 'ok' }])
    const low = examine({ ...project, maxHeaderBytes: 8192 })
    expect(of(low, 'headers')).toMatchObject([{ status: 'warn' }])
    expect(of(worker({}), 'headers')).toEqual([])
  })
})

const TOML = `
name = "shop"
main = "index.ts"
compatibility_date = "2026-10-20"
[[kv_namespaces]]
binding = "CARTS"
[env.staging]
vars = { SESSION_SECRETS = "${SECRET}" }
`

const JSONC = `{
  // a comment
  "name": "shop", "main": "index.ts", "compatibility_date": "2022-01-01",
}`

describe('a project', () => {
  const doctor = async (folder: string, ...args: string[]) =>
    run(
      ['doctor', '--json', ...args],
      around({ project: (file, environment) => projectIn(folder, file, environment) }),
    )
  const findings = async (folder: string, ...args: string[]): Promise<DoctorFinding[]> =>
    JSON.parse((await doctor(folder, ...args)).out)

  test('of wrangler.toml, and one of its environments', async () => {
    const folder = folderWith({
      'wrangler.toml': TOML,
      'index.ts': '',
      '.dev.vars': `# local\nSESSION_SECRETS="${SECRET}"\n`,
    })
    const found = await findings(folder)
    expect(found.filter(({ status }) => status === 'fail')).toEqual([])
    expect(findingsText(found)).toContain('workersKV(env.CARTS)')
    expect(findingsText(found)).toContain('SESSION_SECRETS in .dev.vars: one secret')
    const staging = await doctor(folder, '--env', 'staging')
    expect(staging.code).toBe(1)
    expect(staging.out).toContain('for all to read')
    expect(staging.out).not.toContain(SECRET)
  })

  test('of wrangler.jsonc with comments', async () => {
    const found = await findings(folderWith({ 'wrangler.jsonc': JSONC, 'index.ts': '' }))
    expect(of(found, 'compatibility date')).toMatchObject([{ status: 'fail' }])
  })

  test('without Wrangler says how to install it', async () => {
    const found = await findings(folderWith({ 'wrangler.toml': TOML }, false))
    expect(of(found, 'configuration')).toMatchObject([
      { status: 'fail', text: expect.stringContaining('npm install --save-dev wrangler') },
    ])
  })

  test('without a configuration is a server; a file that is named must be there', async () => {
    const folder = folderWith({})
    expect(of(await findings(folder), 'configuration')).toMatchObject([{ status: 'ok' }])
    expect(of(await findings(folder, '--config', 'other.toml'), 'configuration')).toMatchObject([
      { status: 'fail', text: 'There is no other.toml here.' },
    ])
  })

  test('looked over by the real command', async () => {
    const entry = join(ROOT, 'src/cli/main.ts')
    const options = { cwd: folderWith({}), env: { ...process.env, SESSION_SECRETS: SECRET } }
    const { stdout } = await promisify(execFile)(process.execPath, [entry, 'doctor'], options)
    expect(stdout).toContain('ok   secrets: SESSION_SECRETS in the environment: one secret')
    expect(stdout).toContain('ok   headers: Node accepts 16,384 bytes')
  })
})
