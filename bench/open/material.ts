/** Cookies to open: views of four fragments, the same four cookies apart, and four sessions of one cookie. */
import { createSessions, type Session } from '../../src/index.ts'
import { BrowserJar } from '../../src/testing/browser-jar.ts'

/** Cookie headers of `views` browsers. */
export interface Material {
  readonly label: string
  /** One header of four cookies each. */
  readonly views: readonly string[]
  /** The cookies of a view, each in a header of its own. */
  readonly apart: readonly (readonly string[])[]
  /** Four headers of one cookie each, which holds a whole session of the same size. */
  readonly singles: readonly (readonly string[])[]
}

type Data = Record<string, string>

export const SECRET = 'a-password-for-a-benchmark-of-more-than-32-characters'
const URL = 'https://bench.example/'
const PIECES = ['a', 'b', 'c', 'd'] as const

export async function material(bytes: number, count: number): Promise<Material> {
  const sessions = createSessions<Data>({ secrets: SECRET, initial: () => ({}) })
  // Each of the four writes adds its part, {"a":"…"}.
  const piece = 'x'.repeat(Math.round(bytes / PIECES.length) - 6)

  async function write(
    jar: BrowserJar,
    change: (session: Session<Data>) => void,
  ): Promise<string[]> {
    const cookie = jar.header(URL)
    const session = await sessions.open(
      new Request(URL, { headers: cookie === undefined ? {} : { cookie } }),
    )
    change(session)
    return (await sessions.commit(session, new Response())).headers.getSetCookie()
  }
  const add = (jar: BrowserJar, key: string) =>
    write(jar, ({ data }) => {
      data[key] = piece
    })

  async function view(): Promise<string[]> {
    const jar = new BrowserJar()
    const [first, ...later] = PIECES
    jar.store(await add(jar, first), URL)
    // In parallel: of writes in turn the later ones take over the cookies of the earlier.
    const answers = await Promise.all(later.map((key) => add(jar, key)))
    for (const lines of answers) jar.store(lines, URL)
    const cookies = jar.cookies(URL).map(({ name, value }) => `${name}=${value}`)
    if (cookies.length !== 4) throw new Error(`The view has ${cookies.length} fragments, not 4.`)
    return cookies
  }
  async function single(): Promise<string> {
    const jar = new BrowserJar()
    jar.store(
      await write(jar, ({ data }) => {
        for (const key of PIECES) data[key] = piece
      }),
      URL,
    )
    return jar.header(URL) ?? ''
  }

  const apart = await Promise.all(Array.from({ length: count }, view))
  return {
    label: `${bytes} bytes`,
    views: apart.map((cookies) => cookies.join('; ')),
    apart,
    singles: await Promise.all(
      Array.from({ length: count }, () => Promise.all(PIECES.map(() => single()))),
    ),
  }
}
