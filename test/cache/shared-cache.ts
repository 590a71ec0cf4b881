import type { Fetch } from '../../src/testing/browser.ts'

/**
 * A shared cache as careless as RFC 9111 allows: what is not forbidden is kept, Set-Cookie and errors
 * included, for ten minutes where nothing says how long (§4.2.2, §7.3).
 */
export class SharedCache {
  readonly #origin: Fetch
  readonly #vary: boolean
  readonly #stored = new Map<string, { readonly request: Request; readonly response: Response }[]>()
  hits = 0

  /** @param vary - whether it looks at Vary; CDNs seldom do */
  constructor(origin: Fetch, vary: boolean) {
    this.#origin = origin
    this.#vary = vary
  }

  async fetch(request: Request): Promise<Response> {
    if (request.method !== 'GET') return this.#origin(request)
    const candidates = this.#stored.get(request.url) ?? []
    const stored = candidates.find((each) => this.#matches(each, request))
    if (stored) {
      this.hits++
      return stored.response.clone()
    }
    const response = await this.#origin(request)
    if (mayStore(response.headers)) {
      const kept = { request, response: response.clone() }
      this.#stored.set(request.url, [...candidates, kept])
    }
    return response
  }

  #matches(stored: { request: Request; response: Response }, request: Request): boolean {
    const vary = this.#vary ? (stored.response.headers.get('Vary') ?? '') : ''
    const names = vary.split(',').map((name) => name.trim())
    if (names.includes('*')) return false
    return names.every(
      (name) => name === '' || stored.request.headers.get(name) === request.headers.get(name),
    )
  }
}

function mayStore(headers: Headers): boolean {
  // RFC 9213: a targeted field counts instead of Cache-Control.
  const control =
    headers.get('CDN-Cache-Control') ??
    headers.get('Surrogate-Control') ??
    headers.get('Cache-Control') ??
    ''
  const directives = control.split(',').map((directive) => directive.trim().toLowerCase())
  return !['no-store', 'private', 'no-cache', 'max-age=0'].some((each) => directives.includes(each))
}
