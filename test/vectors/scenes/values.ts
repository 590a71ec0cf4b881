import type { TreeObject } from '../../../src/tree/tree.ts'
import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'

/** Rich values, reserved keys, what is flashed, versions. */
export async function values(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  const rich = new Player('rich values')
  await rich.visit(({ data }) =>
    Object.assign(data, {
      date: new Date(1_800_000_000_123),
      never: new Date(Number.NaN),
      map: new Map<unknown, unknown>([
        ['a', 1],
        [new Date(0), new Set([1])],
        [{ x: 1 }, null],
      ]),
      set: new Set([1n, 'a', Number.NaN]),
      big: [0n, -123456789012345678901234567890n],
      bytes: new Uint8Array([0, 251, 255, 62]),
      none: new Uint8Array(),
      gap: [1, undefined, 3],
      numbers: [Number.NaN, Infinity, -Infinity, -0, 1e21, 5e-324, 0.1],
      url: new URL('https://shop.example/a?b=c#d'),
      text: 'é € 😀 \ud800 \u0000 "\\',
      nested: [
        { $: 'a key' },
        { $: ['d', 0], other: new Date(1) },
        { '~$': 1, '~~$': 2, '~$x': 3 },
      ],
      object: {},
      list: [],
    }),
  )
  found.push(await rich.vector('All kinds of values.'))

  const names = new Player('reserved keys')
  const data = Object.fromEntries(
    ['$', '~', '~f', '~v', '~~', 'a/b', '~1', '', '__proto__', '0', 'é'].map((key, i) => [key, i]),
  )
  await names.visit((session) => {
    session.data = { ...data, inside: { $: ['u'], '~$': 1, '~f': 1 } }
  })
  await names.wait(5).visit((session) => {
    Object.assign(session.data, { $: 'dollar', '~f': 'tilde', 'a/b': 'slash' })
  })
  found.push(
    await names.vector(
      'Keys that the state needs itself, and others that could be taken for something else.',
    ),
  )

  const flash = new Player('flashed')
  await flash.visit((session) => {
    session.data['a'] = 1
    session.flash('notice', { at: new Date(0), text: 'saved' })
  })
  await flash
    .wait(1)
    .together([(session) => session.flash('error', 'no'), (session) => session.flash('count', 2)])
  found.push(await flash.vector('Left for the next request by one, then by two parallel ones.'))
  await flash.wait(1).visit((session) => {
    session.data['seen'] = Object.keys(session.flashed).length
  })
  found.push({
    ...(await flash.vector('It was looked at, and is gone.')),
    name: 'flashed and seen',
  })

  const version = new Player('version', { options: { version: 3 } })
  await version.visit((session) => {
    session.data['a'] = 1
  })
  found.push(await version.vector('The version of the shape of the data.'))

  const unknown: TreeObject = {
    a: { $: ['?', 1] },
    b: { $: 1 },
    c: { $: ['d', 'text'] },
    d: { $: ['n', '1.5'] },
    e: { $: ['b', 'A'] },
    f: { $: ['m', [[1]]] },
    g: { $: ['l', 'no url'] },
    h: [{ $: ['c', 'key', 1, 'digest'] }, { $: ['c'] }],
    i: { $: ['o', { $: 1 }], '~$': 2 },
    j: { $: ['f', '1'] },
    k: { $: ['d', 0], beside: 1 },
    l: { $: [] },
    '~f': { f1: ['notice', { $: ['s', [{ $: ['u'] }]] }], f2: 'no list' },
    '~v': 'no number',
  }
  const odd = new Player('unknown tags')
  const start = odd.now
  const identity = {
    sid: 'AAECAwQFBgcICQoLDA0ODw',
    start,
    generation: 0,
    from: [],
    subject: undefined,
  }
  await odd.putFragment({
    id: 'theBase0',
    identity,
    expires: start + 1_800_000,
    kind: 'base',
    horizon: 'mywpisiv00000',
    state: unknown,
    serial: 0,
    memory: undefined,
    log: undefined,
  })
  found.push(await odd.vector('What is no tag of ours is an object like others.'))
  return found
}
