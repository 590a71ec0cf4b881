/**
 * The answer to a request whose headers are too large for the server. It heals the browser: a session of too many
 * cookies would be refused again and again, until the cookies expire.
 */
import type { CookiesByAddress } from './address.ts'
import { type CookieAttributes, deleteCookie, OWN_ID } from './cookies.ts'

/** A proxy in front may take 4 KB of response headers: more cookies than fit here are not deleted by name. */
const DELETIONS_BYTES = 3000

/** Of a header beside its value: `Set-Cookie: ` and the end of the line. */
const SET_COOKIE_BYTES = 14

/** An address that is longer may itself be what is too large. Any site can send a browser to it. */
const LONGEST_ADDRESS = 2000

/** A cookie by which the page vouches that it was not its address that was too large. */
const MARK = 'carryon-refused=1'

/** What can still be read of a request that was refused. */
interface Refused {
  /** The cookies, as far as they can be seen. */
  readonly pairs: readonly string[]
  /** Whether it is the cookies that are too large. */
  readonly isCrowded: boolean
  /** How many characters of the headers can be seen. */
  readonly length: number
  /** Whether all of the headers can be seen. */
  readonly isWhole: boolean
  /** Whether the page of an earlier refusal sent it. */
  readonly isMarked: boolean
  /** `undefined` where its beginning cannot be seen. */
  readonly method: string | undefined
}

/**
 * The whole HTTP response, status line included.
 *
 * @param packet - the bytes in which the server gave up, as text. Where the headers came in several packets it is
 *   only one of them, and begins in the middle.
 * @param sessions - the cookies of each session that the app has
 */
export function refusal(packet: string, sessions: readonly CookiesByAddress[]): string {
  const refused = read(packet)
  const ours = refused.isCrowded ? deletions(refused.pairs, sessions) : { lines: [], bytes: 0 }
  // What the page sends was refused once already, although the cookies that could be seen were deleted.
  const isEnough = refused.isWhole && !refused.isMarked && ours.bytes * 2 > refused.length
  const body = refused.method === 'HEAD' ? '' : pageOf(refused)
  return [
    'HTTP/1.1 431 Request Header Fields Too Large',
    'Connection: close',
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Cache-Control: no-store',
    ...(refused.isCrowded && !isEnough ? ['Clear-Site-Data: "cookies"'] : []),
    ...ours.lines.map((line) => `Set-Cookie: ${line}`),
    '',
    body,
  ].join('\r\n')
}

function read(packet: string): Refused {
  // A body may follow.
  const [head = ''] = packet.split('\r\n\r\n', 1)
  const [first = '', ...others] = head.split('\r\n')
  const [, method] = /^([A-Z]+) \S+ HTTP\/1\.\d$/.exec(first) ?? []
  const isCut = method === undefined && !/ HTTP\/1\.\d$/.test(first)
  const lines = others.flatMap((line) => /^cookie:[ \t]*(.*)/i.exec(line)?.[1] ?? [])
  // Addresses have no blanks, so nobody can make one look like cookies.
  const pairs = [...(isCut ? [first] : []), ...lines].flatMap((line) => line.split('; '))
  const isOthers = others.some((line) => /^sec-fetch-site:[ \t]*(?:cross|same)-site/i.test(line))
  const isMarked = pairs.includes(MARK) && !isOthers
  const bytes = lines.reduce((sum, line) => sum + line.length, 0)
  const { length } = head
  const isCrowded = method === undefined ? isMarked : bytes * 2 > length
  const isWhole = method !== undefined && length < packet.length
  return { pairs, isCrowded, length, isWhole, isMarked, method }
}

/** Set-Cookie headers that delete our cookies, the largest first, and what these take in the Cookie header. */
function deletions(
  pairs: readonly string[],
  sessions: readonly CookiesByAddress[],
): { lines: string[]; bytes: number } {
  const kinds = sessions.flatMap(({ secure, local }) =>
    secure === local ? [secure] : [secure, local],
  )
  const lines = new Set<string>()
  let room = DELETIONS_BYTES
  let bytes = 0
  for (const pair of pairs.toSorted((a, b) => b.length - a.length)) {
    const line = kinds.map((kind) => deletion(pair, kind)).find((each) => each !== undefined)
    if (line === undefined || lines.has(line) || line.length + SET_COOKIE_BYTES > room) continue
    room -= line.length + SET_COOKIE_BYTES
    bytes += pair.length
    lines.add(line)
  }
  return { lines: [...lines], bytes }
}

function deletion(pair: string, attributes: CookieAttributes): string | undefined {
  const [name = ''] = pair.split('=', 1)
  const id = name.slice(attributes.prefix.length)
  const isOurs = name.startsWith(attributes.prefix) && OWN_ID.test(id) && name.length < pair.length
  return isOurs ? deleteCookie(attributes, id) : undefined
}

/** All of it is ASCII, and nothing of the request stands in it. */
function pageOf({ isCrowded, method = 'GET' }: Refused): string {
  const isRead = method === 'GET'
  const [title, what] = isCrowded
    ? [
        'Cookies removed',
        'The cookies of this site had grown too large for its server. They were removed, so you may have to log in again.',
      ]
    : [
        'Request too large',
        'Your browser sent more than this server accepts. If this page comes again, delete the cookies of this site in the settings of your browser.',
      ]
  const lost = isRead ? '' : '\n<p>What you sent was not received. Go back and send it again.</p>'
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${title}</title>
<h1>${title}</h1>
<p>${what}</p>${lost}
<p><a href="">Load the page again</a></p>${isRead ? SCRIPT : ''}
</html>
`
}

/** Loads the page again, at most three times a minute. A form that was sent is not sent again. */
const SCRIPT = `
<script>
try {
  const now = Date.now()
  const times = JSON.parse(sessionStorage.getItem('carryon-refused') || '[]').filter((time) => now - time < 60000)
  if (times.length < 3 && location.href.length < ${LONGEST_ADDRESS}) {
    sessionStorage.setItem('carryon-refused', JSON.stringify([...times, now]))
    document.cookie = '${MARK}; Max-Age=60; Path=/; SameSite=Strict'
    location.replace(location.pathname + location.search)
  }
} catch {}
</script>`
