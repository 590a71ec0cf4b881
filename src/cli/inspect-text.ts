/** What `inspect` prints in a terminal. */
import type { InspectedCookie, InspectedSession, Inspection } from './inspect.ts'

/** The inspection as text. */
export function inspectionText({ header, sessions }: Inspection): string {
  const lines = [`Cookie header: ${count(header.bytes)} bytes`]
  for (const { of, bytes, fits } of header.limits)
    lines.push(`  ${fits ? 'fits    ' : 'TOO MUCH'} ${count(bytes).padStart(7)}  ${of}`)
  if (sessions.length === 0)
    lines.push('', 'No cookie here has the name of a session. Is --name right?')
  for (const session of sessions) lines.push('', ...sessionLines(session))
  return lines.map(printable).join('\n')
}

/** A text whose control and format characters are written as `\uXXXX`: a terminal would follow them. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) =>
      character.charCodeAt(i).toString(16).padStart(4, '0'),
    )
      .map((code) => `\\u${code}`)
      .join(''),
  )
}

function sessionLines({ prefix, cookies, merged }: InspectedSession): string[] {
  const lines = [`${prefix}*, cookies: ${cookies.length}`, ...cookies.flatMap(cookieLines), '']
  if (!merged) return [...lines, 'Together they are no session: a request gets a new one.']
  const { id, subject, startedAt, expiresAt, heads, data, messages, inStore } = merged
  lines.push(`Together: session ${id} of ${subject ?? 'nobody'}`)
  lines.push(`  started ${startedAt}, ends ${expiresAt}`)
  if (heads.length > 1) lines.push(`  ${heads.length} parallel writes, merged`)
  if (messages) lines.push(`  messages that wait: ${messages}`)
  if (inStore.length > 0) lines.push(`  in the overflow store: ${inStore.join(', ')}`)
  if (data) lines.push(...`data ${JSON.stringify(data, null, 2)}`.split('\n').map((l) => `  ${l}`))
  return lines
}

function cookieLines(cookie: InspectedCookie): string[] {
  const { name, bytes, limit, counts, reason, explanation, kind, ageSeconds = 0 } = cookie
  const age = kind === undefined ? '' : `, ${kind}, ${ageSeconds} s old`
  const lines = [
    `  ${counts ? 'counts ' : 'IGNORED'} ${name}: ${count(bytes)} of ${count(limit)} bytes${age}`,
  ]
  if (reason !== undefined) lines.push(`          ${reason}: ${explanation}`)
  if (cookie.secret === 'older') lines.push('          sealed with an older secret')
  if (kind === undefined) return lines
  const who = cookie.subject === undefined ? '' : ` of ${cookie.subject}`
  lines.push(`          session ${cookie.session}${who}, until ${cookie.expiresAt}`)
  if (cookie.parents && cookie.parents.length > 0)
    lines.push(`          parents ${cookie.parents.join(', ')}`)
  for (const { id, changes } of cookie.entries ?? [])
    lines.push(`          entry ${id}: ${changes.join('; ') || 'nothing'}`)
  return lines
}

const count = (number: number): string => number.toLocaleString('en-US')
