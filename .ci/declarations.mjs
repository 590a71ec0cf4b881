// What the built package declares: its public names, their doc comments, and the members of each.
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'

/** What could not be read. */
export const problems = []

/**
 * The statements, or members, of a text of declarations, with the doc comment before each. It knows
 * no more of the syntax than the compiler's own output needs: strings, comments and brackets.
 */
function statementsOf(text) {
  const statements = []
  let doc = ''
  let code = ''
  let depth = 0
  const skip =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[\s\S]/g
  for (const [part] of text.matchAll(skip)) {
    if (part.startsWith('/*') || part.startsWith('//')) {
      if (code.trim() === '') doc = part.startsWith('/**') ? part : ''
      // Members are taken apart later, with their comments.
      else code += part
      continue
    }
    if ('([{'.includes(part)) depth++
    if (')]}'.includes(part)) depth--
    code += part
    const ends = part === ';' || (part === '\n' && code.trimEnd().endsWith('}'))
    if (depth > 0 || !ends || code.trim() === '') continue
    statements.push({ doc, code: code.trim() })
    doc = ''
    code = ''
  }
  if (code.trim() !== '') statements.push({ doc, code: code.trim() })
  return statements
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(function|class|const|interface|type) ([\w$]+)/
const MEMBER =
  /^(?:(?:static|abstract|readonly|declare) )*(?:(get|set) )?([\w$]+|'[^']*'|"[^"]*"|\[[^\]]*\])\??\s*([(<:])/

/** The public declarations of a file of `dist/`, and of those that it passes on: file → statements. */
export function publicDeclarations(file, names, found = new Map()) {
  for (const { doc, code } of statementsOf(readFileSync(file, 'utf8'))) {
    if (!code.startsWith('export') || /^export \{\s*\};?$/.test(code)) continue
    const passed = /^export (?:type )?\{([\s\S]*)\} from '(\.[^']*)\.ts';$/.exec(code)
    if (passed) {
      const [, list, path] = passed
      const wanted = list.split(',').map((name) => name.trim().replace(/^type /, ''))
      if (list.includes(' as ')) problems.push(`${file}: cannot follow a renamed export: ${code}`)
      const of = names ? wanted.filter((name) => names.includes(name)) : wanted.filter(Boolean)
      const target = posix.join(posix.dirname(file), `${path}.d.ts`)
      if (of.length > 0) publicDeclarations(target, of, found)
      continue
    }
    const [, kind, name] = DECLARATION.exec(code) ?? []
    if (name === undefined) problems.push(`${file}: cannot read: ${code.split('\n')[0]}`)
    else if (!names || names.includes(name)) {
      const declarations = found.get(`${file} ${name}`) ?? new Set()
      found.set(`${file} ${name}`, declarations.add(JSON.stringify({ kind, doc, code })))
    }
  }
  return found
}

/** The named members of a class or interface, by name: those of one name are one member. */
export function membersOf(code) {
  const members = new Map()
  // Before its own braces, the head of a declaration may have others, of type arguments.
  const body = /^[^\n]*\{\n([\s\S]*)\}$/.exec(code)?.[1] ?? ''
  for (const { doc, code: member } of statementsOf(body)) {
    if (/^(?:#|private |protected |constructor\()/.test(member)) continue
    const [, accessor, name, next] = MEMBER.exec(member) ?? []
    if (name === undefined) problems.push(`cannot read the member: ${member}`)
    else {
      const shows = accessor !== undefined || next !== ':'
      members.set(name, [...(members.get(name) ?? []), { doc, code: member, shows }])
    }
  }
  return members
}
