import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'
import { allByHand, baseClaims, type Case, idAt, logClaims, named, step } from './by-hand.ts'

const [A, B, C] = [{ n: 1 }, { n: 2 }, { n: 3 }] as const

const cases: readonly Case[] = [
  {
    name: 'names',
    about: 'An edit has settled; another names the element by what it was before.',
    d: { l: [{ n: 1, x: 1 }, B] },
    base: { m: { m: { l: { $: [[0, named(A, 0), 1]] } } } },
    entries: [[1, `=l/${step(A, 0)}/y`, 2, `=l/${step({ n: 1, x: 1 }, 0)}/z`, 3]],
  },
  {
    name: 'gone',
    about: 'Elements that were taken out keep their places: first, between, last.',
    d: { l: ['b', 'd'] },
    base: {
      m: {
        m: {
          l: {
            $: [
              [-1, named('a', 0), 1],
              [-3, named('c', 2), 1],
              [-5, named('e', 4), 5],
            ],
          },
        },
      },
    },
    entries: [
      [
        1,
        '<l',
        [named('a', 0), named('x', 1), 'after a'],
        '<l',
        [named('x', 2), named('c', 2), 'before c'],
      ],
      [2, `*l/${step('c', 2)}`, 'back', '<l', [named('e', 4), '', 'after e']],
      [3, `*l/${step('d', 3)}`, 'D'],
    ],
  },
  {
    name: 'void names',
    about:
      'What stood there was replaced, whole: who did not see that writes nothing inside, and takes nothing out.',
    d: { l: [{ x: 1 }, ['b'], 'c'] },
    base: {
      m: {
        m: {
          l: {
            $: [
              [0, `${named(A, 0)}-`, 3, named({ x: 1 }, 0), 1],
              [1, `${named(B, 1)}-`, 3],
              [-4, `${named(C, 3)}-`, 3],
            ],
          },
        },
      },
    },
    entries: [
      [1, `=l/${step(A, 0)}/n`, 'wrong', '/l', [named(A, 0), named(B, 1)]],
      [2, `=l/${step({ x: 1 }, 0)}/y`, 2, `>l/${step(['b'], 1)}`, ['c']],
      [3, `=l/${step(A, 7)}/n`, 'wrong', `*l/${step(C, 3)}`, 'back'],
    ],
  },
  {
    name: 'nothing but what is gone',
    about: 'A list that is empty now.',
    d: { l: [] },
    base: {
      m: {
        m: {
          l: {
            $: [
              [-1, named('a', 0), 1],
              [-2, named('b', 1), 1],
            ],
          },
        },
      },
    },
    entries: [[1, '<l', [named('a', 0), named('b', 1), 'x'], '=l', ['a', 'b', 'c']]],
  },
  {
    name: 'duplicates, of which one is gone',
    about: 'Who saw two counts the one that is gone.',
    d: { l: ['a', 'b'] },
    base: { m: { m: { l: { $: [[-1, named('a', 0), 1]] } } } },
    entries: [[1, `*l/${step('a', 0, 2)}`, 'wrong', `*l/${step('a', 1, 2)}`, 'right']],
  },
  {
    name: 'inside',
    about: 'Lists in objects, in elements and in maps.',
    d: {
      o: { l: ['x'] },
      e: [['x'], 'y'],
      m: { $: ['m', [[{ k: 1 }, ['x']]]] },
    },
    base: {
      m: {
        m: {
          o: { m: { l: { $: [[0, named('o', 0), 1]] } } },
          e: { $: [[-1, named('gone', 0), 1]], m: { '1': { $: [[0, named('e', 0), 1]] } } },
          m: { m: { '{"k":1}': { $: [[0, named('m', 0), 1]] } } },
        },
      },
    },
    entries: [
      [1, `*o/l/${step('o', 0)}`, 'O', `*e/${step(['x'], 0)}/${step('e', 0)}`, 'E'],
      [2, `*m/~3{"k":1}/${step('m', 0)}`, 'M'],
    ],
  },
  {
    name: 'ages',
    about:
      'In seconds before the horizon: after more than two minutes a name notes what the element is.',
    d: {
      l: [
        { n: 1, x: 1 },
        { n: 2, x: 1 },
      ],
    },
    base: {
      m: {
        m: {
          l: {
            $: [
              [0, named(A, 0), 100],
              [1, named(B, 1), 101],
            ],
          },
        },
      },
    },
    entries: [
      [20, `=l/${step(A, 0)}/x`, 2, `=l/${step(B, 1)}/x`, 2],
      [21, `=l/${step({ n: 1, x: 1 }, 0)}/wrong`, 1, `=l/${step({ n: 2, x: 1 }, 1)}/right`, 1],
    ],
  },
  {
    name: 'several names',
    about: 'Each of them will do.',
    d: { l: [C] },
    base: { m: { m: { l: { $: [[0, named(A, 0), 100, named(B, 0), 20]] } } } },
    entries: [[1, `=l/${step(A, 0)}/a`, 1, `=l/${step(B, 0)}/b`, 1, `=l/${step(C, 0)}/c`, 1]],
  },
  {
    name: 'of something else',
    about: 'What does not fit to what stands there means nothing.',
    d: { o: { a: 1 }, l: ['a'], t: 'x', n: [] },
    base: {
      m: {
        $: [[0, named('o', 0), 1]],
        m: {
          o: { $: [[-1, named('o', 0), 1]] },
          l: { $: [[1, named('far', 1), 1]], m: { a: { $: [] }, '7': {} } },
          t: { m: { x: { $: [[0, named('t', 0), 1]] } } },
          none: { $: [[0, named('n', 0), 1]] },
        },
        z: 1,
      },
    },
    entries: [
      [1, '>l', ['b'], `*l/${step('far', 1)}`, 'wrong', `*l/${step('b', 1)}`, 'B', '*t/x', 1],
    ],
  },
  {
    name: 'replaced',
    about: 'What takes the place of something remembers nothing.',
    d: { l: ['x'] },
    base: { m: { m: { l: { $: [[0, named('a', 0), 1]] } } } },
    entries: [[1, '*l', ['x'], `*l/${step('a', 0)}`, 'wrong', `*l/${step('x', 0)}`, 'right']],
  },
]

/** A late edit beside two bases: the one before another edit settled, and the one after. */
async function late(): Promise<readonly Vector[]> {
  const found: Vector[] = []
  const settled = {
    jti: 'theBase1',
    n: 1,
    h: idAt(60),
    m: { m: { l: { $: [[0, named(A, 0), 59]] } } },
  }
  const bases: Readonly<Record<string, object>> = {
    'before it settled': baseClaims({ l: [A] }),
    'after it settled': baseClaims({ l: [{ n: 1, x: 1 }] }, settled),
  }
  for (const [name, base] of Object.entries(bases)) {
    const player = new Player(`memory: a late edit, ${name}`)
    await player.putClaims('jti' in base ? String(base.jti) : '', base)
    await player.putClaims('theLog00', logClaims('theLog00', [[1, `=l/${step(A, 0)}/x`, 1]]))
    const edit = logClaims('theLog01', [[70, `=l/${step(A, 0)}/y`, 2]])
    await player.putClaims('theLog01', edit)
    const header = player.header()
    player.wait(71)
    found.push(await player.vector('The state is the same with either base.', header))
  }
  return found
}

interface Item {
  readonly id: string
  count: number
}

/** What lists remember once entries have settled. */
export async function memory(): Promise<readonly Vector[]> {
  const player = new Player('memory: minutes')
  await player.visit(({ data }) =>
    Object.assign(data, { items: ['a', 'b', 'c', 'd'].map((id) => ({ id, count: 0 })) }),
  )
  const items = (data: Record<string, unknown>): Item[] => data['items'] as Item[]
  for (let i = 1; i <= 24; i++) {
    const count = (id: string) => {
      return ({ data }: { data: Record<string, unknown> }) => {
        const item = items(data).find((each) => each.id === id)
        if (item) item.count = i
      }
    }
    const take = ({ data }: { data: Record<string, unknown> }) => {
      data['items'] = items(data).filter(({ id }) => id !== 'b')
    }
    await player.wait(20).together([count('a'), i === 5 ? take : count('c')])
  }
  return [
    ...(await allByHand(cases, 'memory')),
    ...(await late()),
    await player.vector('Played: eight minutes of edits of the same elements, and one taken out.'),
  ]
}
