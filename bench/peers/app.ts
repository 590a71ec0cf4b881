/**
 * The one app that every library runs. The routes:
 *
 * | route | |
 * |---|---|
 * | `GET /read/:keys` | the values of the keys, separated by commas, as JSON |
 * | `POST /set/:key/:value` | writes one key |
 * | `POST /slow/:key/:value` | the same, after it opened the session and waited for `pause` |
 * | `POST /increment` | adds 1 to `n`, in the library's own way |
 * | `POST /push/:id` | appends an item to `items` |
 * | `POST /edit/:id` | adds 1 to the quantity of an item |
 * | `POST /logout` | ends the session, in the library's own way |
 * | `GET /health` | does not touch the session |
 */
export interface App {
  /** Name and version. */
  readonly name: string
  fetch(request: Request): Response | Promise<Response>
}

/** Makes an app whose slow route waits for `pause`. */
export type MakeApp = (pause: () => Promise<void>) => App

export interface Item {
  id: string
  qty: number
}

export type Data = {
  [key: string]: string | number | Item[] | undefined
  n: number
  items?: Item[]
}

/** A list with one more item, and one with one more of an item: for libraries that take new values. */
export function pushed(items: readonly Item[] | undefined, id: string): Item[] {
  return [...(items ?? []), { id, qty: 1 }]
}

export function edited(items: readonly Item[] | undefined, id: string): Item[] {
  return (items ?? []).map((item) => (item.id === id ? { ...item, qty: item.qty + 1 } : item))
}

export const PASSWORD = 'a-password-for-a-benchmark-of-more-than-32-characters'

/** How long sessions live, where a library wants to know: 12 hours, and half an hour without a request. */
export const LIFETIME_SECONDS = 43_200
export const IDLE_SECONDS = 1800

/** The values of `keys`, as text with commas between. */
export function pick(get: (key: string) => unknown, keys: string): Record<string, unknown> {
  return Object.fromEntries(keys.split(',').map((key) => [key, get(key)]))
}
