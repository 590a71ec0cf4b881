/** How much is in a fragment: what is merged for one request is bounded by that. */
import { describe, expect, test } from 'vitest'
import type { Op } from '../../../src/log/format/fragment.ts'
import { contentOf } from '../../../src/log/format/length.ts'
import type { Tree } from '../../../src/tree/tree.ts'
import { baseOf, fragment, idOf } from '../reading/histories.ts'

const NOTHING = { nodes: 1, names: 0, longest: 0, added: 0 }

/** A log with one entry. */
const logWith = (ops: readonly Op[], more: { retired?: string[]; parents?: string[] } = {}) => ({
  ...{ since: idOf(0), parents: [], heads: [], retired: [], ...more },
  entries: [{ id: idOf(1), ops }],
})

const inLog = (...ops: readonly Op[]) => contentOf(fragment('log00000', { log: logWith(ops) }))

describe('of a log', () => {
  test('each op counts, and each value that it puts, those inside of others included', () => {
    expect(inLog()).toEqual(NOTHING)
    const deep: Tree = { a: 1, b: { c: [1, [2]], d: null } }
    for (const kind of ['set', 'put'] as const) {
      expect(inLog({ kind, path: 'a', value: 1 }).nodes).toBe(1 + 2)
      expect(inLog({ kind, path: 'a', value: deep }).nodes).toBe(1 + 1 + 8)
    }
    expect(inLog({ kind: 'delete', path: 'a' }).nodes).toBe(1 + 1)
    expect(inLog({ kind: 'once', path: 'a' }, { kind: 'once', path: 'b' }).nodes).toBe(1 + 2)
  })

  test('elements that are put into a list count as values, and their number', () => {
    const items: Tree[] = [1, { a: 2 }, 3]
    expect(inLog({ kind: 'append', path: 'a', items })).toEqual({
      ...{ nodes: 1 + 1 + 5, names: 0, longest: 3, added: 3 },
    })
    expect(inLog({ kind: 'insert', path: 'a', after: 'x', before: 'y', items })).toEqual({
      ...{ nodes: 1 + 1 + 5, names: 2, longest: 3, added: 3 },
    })
  })

  test('each name of an element counts', () => {
    expect(inLog({ kind: 'remove', path: 'a', names: ['x', 'y', 'z'] }).names).toBe(3)
    expect(inLog({ kind: 'order', path: 'a', names: ['x', 'y'] }).names).toBe(2)
    expect(inLog({ kind: 'set', path: 'a/~2x/b', value: 1 }).names).toBe(1)
    expect(inLog({ kind: 'set', path: 'a/b', value: 1 }).names).toBe(0)
    const several: Op[] = [
      { kind: 'remove', path: 'a', names: ['x'] },
      { kind: 'delete', path: 'a/~2y' },
    ]
    expect(inLog(...several).names).toBe(2)
  })

  test('what it tells of other entries counts', () => {
    const log = logWith([], { retired: ['abcde', 'fghij'], parents: [idOf(0)] })
    expect(contentOf(fragment('log00000', { log })).nodes).toBe(1 + 3)
  })
})

describe('of a base', () => {
  const state = { a: { b: [1, 2, { c: 3 }] }, d: 'x' }

  test('a settled value counts a quarter, and the longest list is told', () => {
    const made = contentOf(fragment('base0000', { base: baseOf(state) }))
    // With one for itself there are nine.
    expect(made).toEqual({ nodes: 3, names: 0, longest: 3, added: 0 })
    expect(contentOf(fragment('base0000', { base: baseOf({}) })).nodes).toBe(1)
  })

  test('what its lists remember counts whole, at any depth, and so does its log', () => {
    const known = { ms: 0, isUsed: true, isVoid: false }
    const item = (...names: string[]) => ({
      ...{ place: 0, isGone: false, names: new Map(names.map((name) => [name, known])) },
    })
    const memory = {
      items: [item('x', 'y')],
      members: new Map([['b', { items: [item('z'), item()], members: new Map() }]]),
    }
    const base = { ...baseOf(state), memory }
    expect(contentOf(fragment('base0000', { base })).nodes).toBe(3 + 3 + 2 + 1)
    const log = logWith([{ kind: 'set', path: 'a', value: 1 }])
    expect(contentOf(fragment('base0000', { base, log })).nodes).toBe(9 + 2)
  })
})
