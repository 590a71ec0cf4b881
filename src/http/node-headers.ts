/** Headers as Node has them: an object with names in lower case. */

/**
 * The headers of a request or a response of `node:http` and `node:http2`, as `request.headers` has them.
 *
 * @example
 * ```ts
 * import type { NodeHeaders } from 'carryon'
 *
 * const userOf = async (headers: NodeHeaders) => (await sessions.read(headers)).subject
 * server.on('upgrade', async ({ headers }) => console.log(await userOf(headers)))
 * ```
 */
export type NodeHeaders = Readonly<
  Record<string, string | number | readonly (string | number)[] | undefined>
>

/** The same as `Headers`. What HTTP/2 has in the place of a first line, such as `:path`, is left out. */
export function headersOf(given: Headers | NodeHeaders): Headers {
  if (isHeaders(given)) return given
  const headers = new Headers()
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || name.startsWith(':')) continue
    // Cookies are a list with semicolons (RFC 9113 §8.2.3).
    if (name.toLowerCase() === 'cookie') headers.set(name, [value].flat().join('; '))
    else for (const one of [value].flat()) headers.append(name, String(one))
  }
  return headers
}

function isHeaders(given: Headers | NodeHeaders): given is Headers {
  return typeof given.get === 'function'
}
