/**
 * Entries ↔ lists: the id, and then for each op its code with the path, and what the op needs beside it. An entry that does
 * the same as the one before it is its id alone.
 */
import { isPath, keyPathOf, valueAt } from '../../tree/pointer.ts'
import { checkKeyOf, merges } from '../../tree/rich.ts'
import { equal, isArray, isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
import type { Entry, Op } from './fragment.ts'
import { type IdReader, type IdWriter, isEntryId } from './id-chain.ts'

/**
 * The lists of entries.
 *
 * @param own - the id in the cookie's name, which needs not be told again
 * @param settled - the state of the same cookie
 */
export function encodeEntries(
  entries: readonly Entry[],
  ids: IdWriter,
  own: string,
  settled: TreeObject | undefined,
): Tree[] {
  let before = ''
  return entries.map((entry) => {
    const id = entry.id === own ? '' : ids.write(entry.id)
    const ops = entry.ops.flatMap((op) => encodeOp(op, settled))
    const text = JSON.stringify(ops)
    const isSame = text === before && text.length <= MOST_REPEATED_LENGTH
    before = text
    return isSame ? id : [id, ...ops]
  })
}

/** What a few characters stand for in a cookie must not be many times as long once it is opened. */
const MOST_REPEATED_LENGTH = 32

/** What stands for an op in the list of its entry. */
export function encodeOp(op: Op, settled: TreeObject | undefined): readonly Tree[] {
  switch (op.kind) {
    case 'set':
      return isLeaf(op.value) && isShown(op, settled) ? [`:${op.path}`] : [`=${op.path}`, op.value]
    case 'put':
      return isShown(op, settled) ? [`:${op.path}`] : [`*${op.path}`, op.value]
    case 'fill':
      return [`?${op.path}`, op.value]
    case 'delete':
      return [`-${op.path}`]
    case 'increment':
      return [`+${op.path}`, op.by]
    case 'advance':
      return [`^${op.path}`, op.value]
    case 'append':
      return [`>${op.path}`, op.items]
    case 'insert':
      return [`<${op.path}`, [op.after, op.before, ...op.items]]
    case 'remove':
      return [`/${op.path}`, op.names]
    case 'order':
      return [`#${op.path}`, op.names]
    case 'once':
      return [`!${op.path}`]
  }
}

/** Whether the state of the same cookie already shows it. Then only the path is told. */
function isShown(
  { path, value }: { readonly path: string; readonly value: Tree },
  settled: TreeObject | undefined,
): boolean {
  return settled !== undefined && isKeyPath(path) && equal(valueAt(settled, path), value)
}

/** A value that replaces whatever is there, so that `set` and `put` are the same. */
function isLeaf(value: Tree): boolean {
  return !isPlain(value) && !merges(value) && checkKeyOf(value) === undefined
}

function isKeyPath(path: string): boolean {
  return keyPathOf(path) === path
}

/** The entries of lists, or `undefined` where one is none. The parameters are those of {@link encodeEntries}. */
export function decodeEntries(
  items: readonly Tree[],
  ids: IdReader,
  own: string,
  settled: TreeObject | undefined,
): Entry[] | undefined {
  const entries: Entry[] = []
  for (const item of items) {
    const before = entries.at(-1)
    const text = isArray(item) ? item[0] : item
    const id = text === '' ? own : ids.read(text)
    const ops = isArray(item) ? decodeOps(item, settled) : before?.ops
    if (id === undefined || !isEntryId(id) || !ops) return undefined
    if (before && before.id >= id) return undefined
    entries.push({ id, ops })
  }
  return entries
}

function decodeOps(
  parts: readonly Tree[],
  settled: TreeObject | undefined,
): readonly Op[] | undefined {
  const ops: Op[] = []
  for (let i = 1; i < parts.length; ) {
    const code = parts[i++]
    if (typeof code !== 'string') return undefined
    const operand = CODES_WITHOUT_OPERAND.has(code.charAt(0)) ? undefined : parts[i++]
    const op = decodeOp(code.charAt(0), code.slice(1), operand, settled)
    if (!op || (op.kind !== 'once' && !isPath(op.path))) return undefined
    ops.push(op)
  }
  return ops.length > 0 ? ops : undefined
}

const CODES_WITHOUT_OPERAND = new Set([':', '-', '!'])

function decodeOp(
  code: string,
  path: string,
  operand: Tree | undefined,
  settled: TreeObject | undefined,
): Op | undefined {
  switch (code) {
    case ':': {
      const value = settled && isKeyPath(path) ? valueAt(settled, path) : undefined
      if (value === undefined) return undefined
      return { kind: isLeaf(value) ? 'set' : 'put', path, value }
    }
    case '=':
      return operand === undefined ? undefined : { kind: 'set', path, value: operand }
    case '*':
      return operand === undefined ? undefined : { kind: 'put', path, value: operand }
    case '?':
      return operand === undefined ? undefined : { kind: 'fill', path, value: operand }
    case '-':
      return { kind: 'delete', path }
    case '+':
      return typeof operand === 'number' && Number.isFinite(operand)
        ? { kind: 'increment', path, by: operand }
        : undefined
    case '^':
      return typeof operand === 'number' || typeof operand === 'string'
        ? { kind: 'advance', path, value: operand }
        : undefined
    case '!':
      return { kind: 'once', path }
    default:
      return decodeListOp(code, path, operand)
  }
}

function decodeListOp(code: string, path: string, operand: Tree | undefined): Op | undefined {
  if (!isArray(operand)) return undefined
  if (code === '>') return { kind: 'append', path, items: operand }
  const [after, before, ...items] = operand
  if (code === '<')
    return typeof after === 'string' && typeof before === 'string'
      ? { kind: 'insert', path, after, before, items }
      : undefined
  const names = operand.filter((name) => typeof name === 'string')
  if (names.length < operand.length) return undefined
  if (code === '/') return { kind: 'remove', path, names }
  return code === '#' ? { kind: 'order', path, names } : undefined
}
