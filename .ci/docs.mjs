// Writes docs/api.md from the doc comments of what is built, and llms.txt and llms-full.txt from the pages of docs/.
// With --check it writes nothing and fails if one of them is out of date. Needs `npm run build` first.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { membersOf, problems, publicDeclarations } from './declarations.mjs'

const { exports, description } = JSON.parse(readFileSync('package.json', 'utf8'))

// ---- docs/api.md

/** A doc comment: its text, and its tags in their order. */
function parse(doc) {
  const lines = doc
    .replace(/^\/\*\*\s?|\s*\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
  const parts = [{ tag: '', lines: [] }]
  let inCode = false
  for (const line of lines) {
    if (line.startsWith('```')) inCode = !inCode
    const [, tag, rest] = (!inCode && /^@(\w+) ?(.*)$/.exec(line)) || []
    if (tag) parts.push({ tag, lines: [rest] })
    else parts.at(-1).lines.push(line)
  }
  return parts.map(({ tag, lines }) => ({ tag, text: links(lines.join('\n').trim()) }))
}

const links = (text) => text.replace(/\{@link ([^}\s]+)[^}]*\}/g, '`$1`')

/** Prose of a comment is wrapped; in Markdown a paragraph is one line. */
const unwrapped = (text) => text.replace(/(?<=\S)\n(?=(?!```|- )[^\s|#])/g, ' ')

function docOf(doc) {
  const out = []
  const params = []
  for (const { tag, text } of parse(doc)) {
    if (tag === 'example') out.push(text)
    else if (text === '' || tag === 'module' || tag === 'internal') continue
    else if (tag === '') out.push(unwrapped(text))
    else if (tag === 'param') {
      const [name = '', ...words] = text.split(' ')
      const says = words.join(' ').replace(/^- /, '')
      params.push(`- \`${name}\`: ${unwrapped(says)}`)
    } else if (tag === 'default') out.push(`Default: ${unwrapped(asCode(text))}`)
    else if (tag === 'throws') out.push(`Throws ${unwrapped(text)}`)
    else if (tag === 'returns') out.push(`Returns ${unwrapped(text)}`)
    else problems.push(`a comment has the tag @${tag}, which docs.mjs does not know`)
  }
  if (params.length > 0) out.splice(1, 0, params.join('\n'))
  return out.join('\n\n')
}

/** A default is a value, or a sentence about one. */
const asCode = (text) => (/^[\w'".,/ -]*$/.test(text) && !/ /.test(text) ? `\`${text}\`` : text)

const fenced = (code) => `\`\`\`ts\n${code}\n\`\`\``

/** What a declaration says before its members. */
const headOf = (code) => {
  const head = code
    .slice(0, code.indexOf('{\n') === -1 ? undefined : code.indexOf('{\n'))
    .replace(/^export (declare )?/, '')
  return head.trim()
}

const withoutDocs = (code) => code.replace(/^export (?:declare )?/, '')

function declarationOf(name, declarations) {
  const out = [`### ${name}`]
  for (const { kind, doc, code } of declarations) {
    const hasMembers = kind === 'class' || kind === 'interface'
    out.push(fenced(hasMembers ? headOf(code) : withoutDocs(code)), docOf(doc))
    if (!hasMembers) continue
    for (const [member, overloads] of membersOf(code)) {
      out.push(`#### ${name}.${member}`)
      for (const { doc, code } of overloads) out.push(fenced(code.replace(/;$/, '')), docOf(doc))
    }
  }
  return out.filter(Boolean).join('\n\n')
}

function apiPage() {
  const parts = [
    '# API reference',
    'Every public name, as its types and comments tell. `npm run docs` writes this page. To learn how to use them, read [the guide](guide.md).',
  ]
  const where = new Map()
  for (const [path, { types }] of Object.entries(exports)) {
    if (!types) continue
    const entry = posix.join('carryon', path)
    parts.push(`## ${entry}`)
    const again = []
    for (const [place, set] of publicDeclarations(posix.normalize(types))) {
      const name = place.split(' ')[1]
      if (where.has(place)) again.push(`\`${name}\``)
      else
        parts.push(
          declarationOf(
            name,
            [...set].map((each) => JSON.parse(each)),
          ),
        )
      where.set(place, entry)
    }
    if (again.length > 0)
      parts.push(`Exported here as well, and described above: ${again.join(', ')}.`)
  }
  if (where.size === 0) problems.push('dist has no declarations: run `npm run build` first')
  return `${parts.join('\n\n')}\n`
}

// ---- llms.txt, llms-full.txt

const PAGES = {
  'To use it': [
    'README.md',
    'docs/guide.md',
    'docs/frameworks.md',
    'docs/recipes/*',
    'docs/troubleshooting.md',
    'docs/errors.md',
    'docs/migration.md',
    'docs/api.md',
  ],
  'To run it': [
    'docs/security.md',
    'docs/rolling-deploys.md',
    'docs/observability.md',
    'docs/costs.md',
  ],
  Optional: ['docs/clustering.md', 'docs/wire-format.md', 'docs/decisions.md', 'CHANGELOG.md'],
}

const filesOf = (pages) =>
  pages
    .flatMap((page) =>
      page.endsWith('/*')
        ? readdirSync(page.slice(0, -2))
            .toSorted()
            .map((file) => page.replace('*', file))
        : [page],
    )
    .filter((page) => page === 'docs/api.md' || existsSync(page))

function llms(textOf) {
  const parts = ['# carryon', `> ${description}.`]
  parts.push(
    'The session is plain data in `session.data`: change it in place, there is no `save()`. ' +
      '`login()`, `destroy()`, `regenerate()` and `flash()` are methods of the session.',
  )
  for (const [title, pages] of Object.entries(PAGES)) {
    const list = filesOf(pages).map((page) => {
      const text = textOf(page)
      const [, name] = /^# (.*)$/m.exec(text)
      const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) =>
        heading.replace(/`/g, ''),
      )
      const says = headings
        .filter((heading) => !/\d{4}-/.test(heading))
        .slice(0, 8)
        .join(', ')
      return `- [${name}](${page})${says && `: ${says}`}`
    })
    parts.push(`## ${title}`, list.join('\n'))
  }
  return `${parts.join('\n\n')}\n`
}

const llmsFull = (textOf) =>
  filesOf([...PAGES['To use it'], ...PAGES['To run it']])
    .map((page) => `<!-- ${page} -->\n\n${textOf(page).trim()}\n`)
    .join('\n')

// ---- All

const api = apiPage()
const textOf = (page) => (page === 'docs/api.md' ? api : readFileSync(page, 'utf8'))
const written = { 'docs/api.md': api, 'llms.txt': llms(textOf), 'llms-full.txt': llmsFull(textOf) }

const check = process.argv.includes('--check')
for (const [file, text] of Object.entries(written)) {
  if (!check) writeFileSync(file, text)
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
    problems.push(`${file} is out of date: run npm run build && npm run docs`)
}
for (const problem of problems) console.error(`docs: ${problem}`)
console.log(
  `docs: ${Object.entries(written)
    .map(([file, text]) => `${file} ${text.length}`)
    .join(', ')}, ${problems.length} problems`,
)
process.exitCode = problems.length > 0 ? 1 : 0
