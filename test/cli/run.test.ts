import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { run as runIn } from '../../src/cli/run.ts'
import { parseSecrets } from '../../src/seal/secrets.ts'
import { SECRET, Shop } from '../support/visitor.ts'
import { around } from './around.ts'

const run = (args: readonly string[]) => runIn(args, around())

test('carryon secret prints a secret that the options take', async () => {
  const { out, code } = await run(['secret'])
  expect(code).toBe(0)
  expect(parseSecrets(out)).toEqual([out])
})

test('carryon secret prints another one each time', async () => {
  expect((await run(['secret'])).out).not.toBe((await run(['secret'])).out)
})

test('what is not a command fails with exit code 2 and says what is', async () => {
  const { out, error, code } = await run(['sekret'])
  expect({ out, code }).toEqual({ out: '', code: 2 })
  expect(error).toContain('"sekret" is not a command')
  expect(error).toContain('carryon secret')
})

test.each([
  ['inspect', '__Host-session.abc=eyJhbGciOiJkaXIi'],
  ['inspect', '--secret=only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'],
  ['inspect', '--name'],
  ['doctor', 'only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'],
])('%s %s is wrong, and nothing of it is repeated', async (command, argument) => {
  const { out, error, code } = await run([command, argument])
  expect({ out, code }).toEqual({ out: '', code: 2 })
  expect(error).not.toContain('only-for-tests')
  expect(error).not.toContain('eyJ')
})

test('nothing that a terminal would follow is printed as it is, whether as text, as JSON or in an error', async () => {
  const shop = new Shop()
  await shop.visit((session) => {
    session.login('ada\u009b31m\u202e\u001b[2J\nTogether: no session')
    session.data['k\u009b'] = 'v\u009b2J\u2028'
  })
  const there = around({
    env: { SESSION_SECRETS: SECRET },
    now: shop.clock.read,
    readHeader: async () => shop.visitor.cookie,
  })
  const text = await runIn(['inspect'], there)
  const json = await runIn(['inspect', '--json'], there)
  const wrong = await runIn(['x\u001b[2J\u202e'], there)
  expect([text.code, json.code, wrong.code]).toEqual([0, 0, 2])
  const all = `${text.out}${json.out}${wrong.error}`
  expect(all.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  expect(text.out).toContain('ada\\u009b31m\\u202e\\u001b[2J\\u000aTogether')
  expect(text.out).not.toMatch(/^Together: no session/m)
  expect(JSON.parse(json.out)).toMatchObject({
    sessions: [{ merged: { data: { 'k\u009b': 'v\u009b2J\u2028' } } }],
  })
})

test('without arguments it explains itself', async () => {
  const { out } = await run([])
  for (const command of ['secret', 'inspect', 'doctor']) expect(out).toContain(`carryon ${command}`)
})

test('the command runs as a process', () => {
  const entry = new URL('../../src/cli/main.ts', import.meta.url).pathname
  expect(execFileSync(process.execPath, [entry, 'secret'], { encoding: 'utf8' }).trim()).toMatch(
    /^[\w-]{43}$/,
  )
})
