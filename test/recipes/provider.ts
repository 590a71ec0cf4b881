/** An OAuth provider whose refresh tokens work once. */
import type { Random } from '../support/random.ts'
import type { Tokens } from './token-refresh.ts'
import type { VirtualTime } from './virtual-time.ts'

/** How a provider treats a refresh token that was used already. */
export interface Rotation {
  /** So long after its first use it works again; 0: never. */
  readonly windowMs: number
  /** What it gets in that time: the tokens of the first use, or others. */
  readonly inWindow: 'same' | 'another'
  /** What happens after that time: this request is refused, or all tokens of the login die. */
  readonly afterWindow: 'refuse' | 'revoke'
}

/** A login, and what came of it. */
interface Family {
  revoked: boolean
}

interface Issued {
  readonly access: string
  readonly refresh: string
  readonly expires: number
  readonly family: Family
  /** The first use of the refresh token, and what it was given. */
  used?: { readonly at: number; readonly next: Issued }
}

/** The provider's clock and those of the nodes disagree by this much. */
const SKEW_MS = 7_000
export const ACCESS_LIFETIME_MS = 300_000
const LATENCY_MS = { least: 10, most: 400 }

export class Provider {
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #rotation: Rotation
  readonly #issued: Issued[] = []
  /** How often a refresh token came again. */
  reuses = 0

  constructor(time: VirtualTime, random: Random, rotation: Rotation) {
    this.#time = time
    this.#random = random
    this.#rotation = rotation
  }

  /** The first tokens of a new login, with `expires` by the nodes' clocks. */
  login(): Tokens {
    const { access, refresh } = this.#issue({ revoked: false })
    return { access, refresh, expires: this.#time.now + ACCESS_LIFETIME_MS }
  }

  readonly tokenEndpoint = async (form: URLSearchParams): Promise<Response> => {
    await this.#time.sleep(latency(this.#random))
    const next = this.#exchange(form.get('refresh_token'))
    await this.#time.sleep(latency(this.#random))
    if (!next) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    const { access, refresh, expires } = next
    return Response.json({
      access_token: access,
      token_type: 'Bearer',
      refresh_token: refresh,
      expires_in: Math.floor((expires - this.#now) / 1000),
    })
  }

  /** An API that knows this provider. */
  readonly loadOrders = async (accessToken: string): Promise<readonly string[]> => {
    const found = this.#issued.find(({ access }) => access === accessToken)
    if (!found || found.expires <= this.#now) throw new Error('The API refused the access token.')
    return ['tea']
  }

  /** Whether these were issued together, and expire no later than they do here. */
  issuedTogether({ access, refresh, expires }: Tokens): boolean {
    const found = this.#issued.find((each) => each.access === access)
    return found?.refresh === refresh && expires + SKEW_MS <= found.expires
  }

  /** Whether a refresh with these would still succeed. */
  canRefresh({ refresh }: Tokens): boolean {
    const found = this.#issued.find((each) => each.refresh === refresh)
    return found !== undefined && !found.family.revoked && this.#isUsable(found)
  }

  get #now(): number {
    return this.#time.now + SKEW_MS
  }

  #isUsable({ used }: Issued): boolean {
    return used === undefined || this.#now - used.at < this.#rotation.windowMs
  }

  #exchange(refresh: string | null): Issued | undefined {
    const found = this.#issued.find((each) => each.refresh === refresh)
    if (!found || found.family.revoked) return undefined
    if (found.used) this.reuses++
    if (!this.#isUsable(found)) {
      if (this.#rotation.afterWindow === 'revoke') found.family.revoked = true
      return undefined
    }
    if (found.used && this.#rotation.inWindow === 'same') return found.used.next
    const next = this.#issue(found.family)
    found.used ??= { at: this.#now, next }
    return next
  }

  #issue(family: Family): Issued {
    const number = this.#issued.length
    const expires = this.#now + ACCESS_LIFETIME_MS
    const issued = { access: `access-${number}`, refresh: `refresh-${number}`, expires, family }
    this.#issued.push(issued)
    return issued
  }
}

/** One way through the network, in ms. */
export function latency(random: Random): number {
  return LATENCY_MS.least + random.below(LATENCY_MS.most - LATENCY_MS.least + 1)
}
