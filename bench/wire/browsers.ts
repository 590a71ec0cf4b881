/** Real browsers: Chromium, driven by Playwright, and Firefox, driven by WebDriver BiDi. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser as Connection, chromium } from 'playwright-core'
import { launchChromium } from '../../test/browser/chromium.ts'

export interface Browser {
  readonly name: string
  /** Opens a page without cookies, runs a script there, and waits for the promise that it is. */
  run(url: string, script: string): Promise<void>
  close(): Promise<void>
}

export async function startChromium(): Promise<Browser> {
  const server = await launchChromium()
  const connection: Connection = await chromium.connect(server.wsEndpoint())
  return {
    name: `Chromium ${connection.version().split('.')[0]}`,
    run: async (url, script) => {
      const context = await connection.newContext({ ignoreHTTPSErrors: true })
      const page = await context.newPage()
      await page.goto(url)
      await page.evaluate(script)
      await context.close()
    },
    close: async () => {
      await connection.close()
      await server.kill()
    },
  }
}

const FIREFOX = process.env['FIREFOX'] ?? 'firefox-esr'

/** Nothing but the tests is to be loaded, and every name is this machine. */
const PREFS: Readonly<Record<string, string | number | boolean>> = {
  'network.dns.forceResolve': '127.0.0.1',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.update.disabledForTesting': true,
  'app.normandy.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'services.settings.server': 'data:,',
  'browser.startup.page': 0,
  'browser.shell.checkDefaultBrowser': false,
  'remote.active-protocols': 1,
}

/** Starts Firefox. `undefined` where it is not installed. */
export async function startFirefox(): Promise<Browser | undefined> {
  if (spawnSync(FIREFOX, ['--version']).status !== 0) return undefined
  const profile = mkdtempSync(join(tmpdir(), 'carryon-firefox-'))
  const lines = Object.entries(PREFS).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  )
  writeFileSync(join(profile, 'user.js'), lines.join('\n'))
  const port = await freePort()
  const args = [
    '--headless',
    '--no-remote',
    '--profile',
    profile,
    `--remote-debugging-port=${port}`,
  ]
  const child = spawn(FIREFOX, args, { stdio: 'ignore' })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const end = async () => {
    process.off('exit', kill)
    await ended(child)
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  try {
    const bidi = await Bidi.connect(`ws://127.0.0.1:${port}/session`)
    const { capabilities } = await bidi.call('session.new', {
      capabilities: { alwaysMatch: { acceptInsecureCerts: true } },
    })
    return {
      name: `Firefox ${String(capabilities.browserVersion).split('.')[0]}`,
      run: (url, script) => runInFirefox(bidi, url, script),
      close: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

async function runInFirefox(bidi: Bidi, url: string, script: string): Promise<void> {
  const { userContext } = await bidi.call('browser.createUserContext', {})
  const { context } = await bidi.call('browsingContext.create', { type: 'tab', userContext })
  await bidi.call('browsingContext.navigate', { context, url, wait: 'complete' })
  const result = await bidi.call('script.evaluate', {
    expression: script,
    target: { context },
    awaitPromise: true,
  })
  if (result.type !== 'success') throw new Error(JSON.stringify(result.exceptionDetails?.text))
  await bidi.call('browsingContext.close', { context })
  await bidi.call('browser.removeUserContext', { userContext })
}

/** What is used of the results of commands. */
interface Result {
  readonly [name: string]: unknown
  readonly capabilities: { readonly browserVersion?: unknown }
  readonly userContext?: string
  readonly context?: string
  readonly type?: string
  readonly exceptionDetails?: { readonly text?: string }
}

interface Answer {
  readonly id?: number
  readonly type: string
  readonly result: Result
  readonly error?: string
  readonly message?: string
}

/** Commands of WebDriver BiDi, one by one. */
class Bidi {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #calls = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const answer: Answer = JSON.parse(String(data))
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer)
    })
  }

  static async connect(url: string): Promise<Bidi> {
    for (let i = 0; i < 300; i++) {
      const socket = await new Promise<WebSocket | undefined>((resolve) => {
        const socket = new WebSocket(url)
        socket.addEventListener('open', () => resolve(socket))
        socket.addEventListener('error', () => resolve(undefined))
      })
      if (socket) return new Bidi(socket)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    throw new Error('Firefox does not listen')
  }

  async call(method: string, params: object): Promise<Result> {
    const id = ++this.#calls
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
    this.#waiting.delete(id)
    if (answer.type !== 'success') throw new Error(`${method}: ${answer.error} ${answer.message}`)
    return answer.result
  }
}

/** Ends it; the processes that it started go with it. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
