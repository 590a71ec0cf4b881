import type { Op } from '../../../src/log/format/fragment.ts'
import type { TreeObject } from '../../../src/tree/tree.ts'
import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'

const set = (path: string, value: Extract<Op, { kind: 'set' }>['value']): Op => ({
  kind: 'set',
  path,
  value,
})
const fill = (path: string, value: Extract<Op, { kind: 'fill' }>['value']): Op => ({
  kind: 'fill',
  path,
  value,
})
const remove = (path: string): Op => ({ kind: 'delete', path })
const add = (path: string, by: number): Op => ({ kind: 'increment', path, by })
const append = (path: string, ...items: number[]): Op => ({ kind: 'append', path, items })

type Case = readonly [name: string, state: TreeObject, ops: readonly Op[]]

/** Each op where something else is there than it expects. */
const cases: readonly Case[] = [
  ['set a leaf', { a: { b: 1 } }, [set('a', 2), set('c', null)]],
  [
    'set merges plain objects',
    { a: { b: { x: 1 }, c: [1], d: 1 } },
    [set('a', { b: { y: 2 }, c: { z: 3 } })],
  ],
  ['set an empty object', { a: { b: 1 }, c: 1 }, [set('a', {}), set('c', {}), set('d', {})]],
  [
    'set does not merge rich values',
    { a: { $: ['d', 1] }, b: { c: 1 } },
    [set('a', { c: 1 }), set('b', { $: ['d', 2] })],
  ],
  [
    'set through a leaf',
    { a: 1, b: [1], c: { $: ['d', 1] } },
    [set('a/x/y', 1), set('b/0', 2), set('c/$', 3)],
  ],
  [
    'delete',
    { a: { b: 1 }, c: 1, d: [1, 2] },
    [remove('a/b'), remove('c'), remove('d/0'), remove('e'), remove('f/g')],
  ],
  [
    'increment',
    { a: 1, b: 'text', c: { $: ['f', 'NaN'] }, e: 0.1 },
    [add('a', 2), add('b', 2), add('c', 2), add('d/x', -2.5), add('e', 0.2)],
  ],
  [
    'append',
    { a: [1], b: 'text', c: {} },
    [append('a', 2, 3), append('b', 2), append('c/d', 2), append('a')],
  ],
  [
    'paths',
    { 'a/b': 1, '~': 1, '': { '': 1 } },
    [set('a~1b', 2), set('~0', 2), set('~01', 3), set('', { x: 1 }), set('/', 4), remove('/x')],
  ],
  [
    'keys of prototypes',
    { a: {} },
    [set('__proto__/x', 1), set('a/constructor', 2), add('toString', 1), append('a/__proto__', 1)],
  ],
  [
    'one after another',
    { a: 1 },
    [add('a', 1), remove('a'), add('a', 5), set('b', { c: 1 }), remove('b/c'), append('b/c', 1)],
  ],
]

/** The op that came after the others were frozen. */
const fills: readonly Case[] = [
  [
    'fill',
    { a: { b: 1, c: { d: 2 } }, e: null, f: [1], g: { $: ['d', 1] }, n: 1 },
    [
      fill('a', { b: 2, c: { d: 3, x: 4 }, y: { z: 5 } }),
      fill('e', 6),
      fill('f', 7),
      fill('g', { i: 8 }),
      fill('j/k', { l: 9 }),
      fill('n/m', 10),
      fill('o', { p: [1] }),
    ],
  ],
  ['fill after changes of what it fills', { a: 1 }, [set('b/c', 1), fill('b', { c: 2, d: 3 })]],
  ['fill before changes of what it fills', {}, [fill('b', { c: 2, d: 3 }), add('b/c', 5)]],
]

/** What ops do, op by op. */
export function ops(): Promise<readonly Vector[]> {
  return played(cases)
}

/** What the op that fills does. */
export function fillOps(): Promise<readonly Vector[]> {
  return played(fills)
}

/** The cookies are made by hand, so as to have one op of each kind. */
async function played(all: readonly Case[]): Promise<readonly Vector[]> {
  const found: Vector[] = []
  for (const [name, state, list] of all) {
    const player = new Player(`ops: ${name}`)
    const identity = {
      sid: 'AAECAwQFBgcICQoLDA0ODw',
      start: player.now,
      generation: 0,
      from: [],
      subject: undefined,
    }
    const shared = { identity, expires: player.now + 1_800_000 }
    const [horizon, id] = ['mywpisiv00000', 'mywpj000-_zZ9'] as const
    const base = { id: 'theBase0', horizon, state, serial: 0, memory: undefined, log: undefined }
    await player.putFragment({ kind: 'base', ...shared, ...base })
    const entries = [{ id, ops: list }]
    const log = { since: horizon, parents: [], heads: [id], retired: [], entries }
    await player.putFragment({ kind: 'log', ...shared, id, log })
    found.push(await player.vector('A base, and one entry with ops.'))
  }
  return found
}
