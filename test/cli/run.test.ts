import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { parseSecrets } from '../../src/seal/secrets.ts'

const random = (count: number) => crypto.getRandomValues(new Uint8Array(count))

test('carryon secret prints a secret that the options take', () => {
  const { out, code } = run(['secret'], random)
  expect(code).toBe(0)
  expect(parseSecrets(out)).toEqual([out])
})

test('carryon secret prints another one each time', () => {
  expect(run(['secret'], random).out).not.toBe(run(['secret'], random).out)
})

test('what is not a command fails with exit code 2 and says what is', () => {
  const { out, error, code } = run(['sekret'], random)
  expect({ out, code }).toEqual({ out: '', code: 2 })
  expect(error).toContain('"sekret" is not a command')
  expect(error).toContain('carryon secret')
})

test('without arguments it explains itself', () => {
  expect(run([], random).out).toContain('carryon secret')
})

test('the command runs as a process', () => {
  const entry = new URL('../../src/cli/main.ts', import.meta.url).pathname
  expect(execFileSync(process.execPath, [entry, 'secret'], { encoding: 'utf8' }).trim()).toMatch(
    /^[\w-]{43}$/,
  )
})
