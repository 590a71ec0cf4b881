import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { ClusterStatus } from '../../demo/cluster/admin.ts'

const main = fileURLToPath(new URL('../../demo/cluster/main.ts', import.meta.url))
// A killed process does not tidy up after itself.
const temporary = mkdtempSync(join(tmpdir(), 'carryon-processes-'))
let child: ChildProcess | undefined

/** `npm start`, up to the moment when it says where it listens. */
async function start(
  port: number,
  [program, ...args]: readonly [string, ...string[]] = [process.execPath, main],
): Promise<{ child: ChildProcess; url: string | undefined; said: string }> {
  child = spawn(program, args, {
    env: {
      ...process.env,
      PORT: String(port),
      TMPDIR: temporary,
      SESSION_SECRETS: 'a secret of the tests, 32 bytes or more',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk)
    const url = /http:\S+/.exec(said)?.[0]
    if (url !== undefined) return { child, url, said }
  }
  for await (const chunk of child.stderr ?? []) said += String(chunk)
  if (child.exitCode === null) await once(child, 'exit')
  return { child, url: undefined, said }
}

/** The process groups of the nodes and of the store, all of which live. */
async function groupsOf(url: string): Promise<number[]> {
  const status = (await (await fetch(`${url}/__cluster/nodes`)).json()) as ClusterStatus
  const groups = [...status.nodes, status.store].map(({ pid }) => pid ?? expect.fail('it is down'))
  expect(groups).toHaveLength(5)
  expect(groups.filter(lives)).toEqual(groups)
  return groups
}

/** Whether anybody is left in the process group: the child itself or the workerd below it. */
function lives(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}

async function expectGone(groups: readonly number[]): Promise<void> {
  await expect.poll(() => groups.filter(lives)).toEqual([])
}

afterEach(async () => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
})

afterAll(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }))

describe('the processes of npm start', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('end with %s, all of them', async (signal) => {
    const { child, url = '' } = await start(0)
    const groups = await groupsOf(url)
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([0, null])
    await expectGone(groups)
  })

  it('do not outlive a parent that was killed', async () => {
    const { child, url = '' } = await start(0)
    const groups = await groupsOf(url)
    child.kill('SIGKILL')
    await expectGone(groups)
  })

  it('do not outlive the shell between npm and them', async () => {
    const shell = ['sh', '-c', '"$0" "$1" & wait', process.execPath, main] as const
    const { child, url = '' } = await start(0, shell)
    const groups = await groupsOf(url)
    child.kill('SIGTERM')
    await expectGone(groups)
  })

  it('do not start when the port is taken, and one sentence says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { child, said } = await start(port)
    other.close()
    expect(child.exitCode).toBe(1)
    expect(said).toContain(`Port ${port} is taken`)
  })
})
