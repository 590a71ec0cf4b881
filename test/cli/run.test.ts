import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { run as runIn } from '../../src/cli/run.ts'
import { parseSecrets } from '../../src/seal/secrets.ts'
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
