/** Two tabs of one browser, which send at once to random nodes, round after round. */
import { createSessions, type Sessions } from '../../src/index.ts'
import { BrowserJar } from '../../src/testing/browser-jar.ts'
import { type Random, seeded } from '../support/random.ts'
import { ACCESS_LIFETIME_MS, latency, Provider, type Rotation } from './provider.ts'
import { type AppOptions, createApp, type Tokens } from './token-refresh.ts'
import { VirtualTime } from './virtual-time.ts'

const SECRET = 'only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'
const START = 1_800_001_234_567
const ORIGIN = 'https://shop.example'
const NODES = 4
/** A new browser after so many rounds: a session lasts twelve hours. */
const ROUNDS_PER_BROWSER = 50

interface App {
  request(request: Request): Response | Promise<Response>
}
type Data = { tokens?: Tokens }

export interface Game {
  readonly rounds: number
  readonly rotation: Rotation
  readonly create?: (options: AppOptions) => App
  /** In one of so many rounds the first tab is closed before its answer arrives. */
  readonly closesOneIn?: number
}

export interface Result {
  /** Rounds after which somebody had to log in again. */
  signOuts: number
  /** Rounds after which the session had tokens that were not issued together. */
  mixed: number
  /** Requests that were asked to come again. */
  retries: number
  /** Refresh tokens that the provider got again. */
  reuses: number
  /** Answers that are neither orders, nor a retry, nor a login page. */
  failures: number
}

/** One browser, four nodes and a provider. */
class World {
  readonly time = new VirtualTime(START)
  readonly provider: Provider
  readonly result: Result
  readonly #random: Random
  readonly #nodes: readonly App[]
  readonly #jar = new BrowserJar({ clock: this.time.read })
  readonly #sessions: Sessions<Data>
  readonly #closesOneIn: number

  constructor(game: Game, random: Random, result: Result) {
    const { time } = this
    this.provider = new Provider(time, random, game.rotation)
    this.result = result
    this.#random = random
    this.#closesOneIn = game.closesOneIn ?? 0
    const { tokenEndpoint, loadOrders } = this.provider
    const options = { secrets: SECRET, tokenEndpoint, loadOrders, clock: time.read }
    this.#nodes = Array.from({ length: NODES }, () => (game.create ?? createApp)(options))
    this.#sessions = createSessions<Data>({
      secrets: SECRET,
      clock: time.read,
      initial: () => ({}),
    })
  }

  async login(): Promise<void> {
    const session = await this.#sessions.open(this.#request('/login'))
    session.regenerate()
    session.data.tokens = this.provider.login()
    this.#take(await this.#sessions.commit(session, new Response()))
    // Keys are derived at the first request of each node.
    for (const node of this.#nodes) await node.request(this.#request('/orders'))
  }

  async tokens(): Promise<Tokens | undefined> {
    const session = await this.#sessions.open(this.#request('/'))
    return session.data.tokens
  }

  async round(): Promise<void> {
    // From shortly before the access token expires until some time after that.
    await this.time.sleep(ACCESS_LIFETIME_MS - 25_000 + this.#random.below(60_000))
    const closes = this.#closesOneIn > 0 && this.#random.below(this.#closesOneIn) === 0
    const answers = await Promise.all([this.#tab('page', closes), this.#tab('fetch', false)])
    const tokens = await this.tokens()
    if (tokens && !this.provider.issuedTogether(tokens)) this.result.mixed++
    this.result.failures += answers.filter((status) => status !== 200 && status !== 401).length
    const isIn = tokens !== undefined && this.provider.canRefresh(tokens)
    if (isIn && !answers.includes(401)) return
    this.result.signOuts++
    await this.login()
  }

  /** The status of what the tab shows in the end. */
  async #tab(kind: 'page' | 'fetch', closes: boolean): Promise<number> {
    const first = await this.#send('/orders', closes)
    if (closes || first.status !== 503) return closes ? 200 : first.status
    this.result.retries++
    const [, seconds, url = ''] = /^(\d+); url=(.*)$/.exec(first.headers.get('Refresh') ?? '') ?? []
    const wait = kind === 'page' ? seconds : first.headers.get('Retry-After')
    await this.time.sleep(Number(wait) * 1000)
    const again = await this.#send(kind === 'page' ? url : '/orders?retry=1', false)
    return again.status
  }

  async #send(path: string, closes: boolean): Promise<Response> {
    const request = this.#request(path)
    await this.time.sleep(latency(this.#random))
    const response = await this.#random.pick(this.#nodes).request(request)
    await this.time.sleep(latency(this.#random))
    if (!closes) this.#take(response)
    return response
  }

  #request(path: string): Request {
    const headers = new Headers()
    const cookie = this.#jar.header(ORIGIN)
    if (cookie !== undefined) headers.set('Cookie', cookie)
    return new Request(new URL(path, ORIGIN), { headers })
  }

  #take(response: Response): void {
    this.#jar.store(response.headers.getSetCookie(), ORIGIN)
    const [dropped] = this.#jar.dropped
    if (dropped) throw new Error(`The browser dropped a cookie: ${dropped.reason}`)
  }
}

export async function play(game: Game): Promise<Result> {
  const result: Result = { signOuts: 0, mixed: 0, retries: 0, reuses: 0, failures: 0 }
  for (let from = 0; from < game.rounds; from += ROUNDS_PER_BROWSER) {
    const world = new World(game, seeded(from + 1), result)
    await world.login()
    const rounds = Math.min(ROUNDS_PER_BROWSER, game.rounds - from)
    await world.time.run(
      (async () => {
        for (let round = 0; round < rounds; round++) await world.round()
      })(),
    )
    result.reuses += world.provider.reuses
  }
  return result
}
