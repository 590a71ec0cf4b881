/** Reads facts out of a page of the docs, whatever the sentences around them are. */

/** The part of a page under a heading, up to the next heading that is not below it. */
export function section(page: string, heading: string): string {
  const lines = page.split('\n')
  const begin = lines.indexOf(heading)
  if (begin < 0) throw new Error(`There is no heading "${heading}".`)
  const level = heading.indexOf(' ')
  const isNext = (line: string) => /^#+ /.test(line) && line.indexOf(' ') <= level
  const length = lines.slice(begin + 1).findIndex(isNext)
  return lines.slice(begin, length < 0 ? undefined : begin + 1 + length).join('\n')
}

/** The cells of the rows of all tables in a text, without their headings. */
export function rowsOf(text: string): string[][] {
  const rows = text
    .replace(/^```.*?^```/gms, '')
    .split('\n')
    .map((line) => (/^\s*\|/.test(line) ? cellsOf(line) : undefined))
  const isRule = (cells: string[] | undefined) => cells?.every((cell) => /^:?-+:?$/.test(cell))
  return rows.flatMap((cells, i) => (!cells || isRule(cells) || isRule(rows[i + 1]) ? [] : [cells]))
}

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** The rows of all tables in a text by the name in their first cell. */
export function rowsByName(text: string): Map<string, string[]> {
  return new Map(rowsOf(text).map(([name = '', ...others]) => [name.replaceAll('`', ''), others]))
}

/** The names in the first cells of all tables in a text, in alphabetical order. */
export function namesIn(text: string): string[] {
  const cells = rowsOf(text).map(([cell = '']) => cell)
  return cells
    .flatMap((cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name))
    .sort()
}

/** The numbers that stand before a unit, such as 4,096 before "bytes": each once, the smallest first. */
export function figures(text: string, unit: string): number[] {
  const found = text.matchAll(new RegExp(`(?<![\\d.,])(\\d[\\d,]*(?:\\.\\d+)?) ${unit}\\b`, 'g'))
  const numbers = Array.from(found, ([, number = '']) => Number(number.replaceAll(',', '')))
  return [...new Set(numbers)].sort((a, b) => a - b)
}
