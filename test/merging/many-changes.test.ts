/** One request adds so much under a key that its ops do not fit, and another one changes something there. */
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, Shop } from '../support/visitor.ts'

interface Data {
  map: Map<string, string>
  set: Set<string>
  object: Record<string, string>
  deep: { inside: Record<string, number | string> }
}
type Key = keyof Data
type Handler = (session: Session<Data>) => void

const COUNT = 45
const names = Array.from({ length: COUNT }, (_, n) => `key-number-${n}`)
const TEXT = 'about 30 bytes of text, not more'

const initial = (): Data => ({
  map: new Map([['old', 'x']]),
  set: new Set(['old']),
  object: { old: 'x' },
  deep: { inside: { hits: 1 } },
})

/** What one request adds, what the other does, and what shows then. */
const cases: readonly (readonly [
  key: Key,
  more: Handler,
  other: Handler,
  shown: (data: Data) => unknown,
  expected: unknown,
])[] = [
  [
    'map',
    ({ data }) => {
      for (const name of names) data.map.set(name, TEXT)
    },
    ({ data }) => {
      data.map.set('mine', 'y').delete('old')
    },
    ({ map }) => [map.size, map.get('mine'), map.has('old'), map.get('key-number-7')],
    [COUNT + 1, 'y', false, TEXT],
  ],
  [
    'set',
    ({ data }) => {
      for (const name of names) data.set.add(name + TEXT)
    },
    ({ data }) => {
      data.set.add('mine').delete('old')
    },
    ({ set }) => [set.size, set.has('mine'), set.has('old')],
    [COUNT + 1, true, false],
  ],
  [
    'object',
    ({ data }) => {
      for (const name of names) data.object[name] = TEXT
    },
    ({ data }) => {
      data.object['mine'] = 'y'
      delete data.object['old']
    },
    ({ object }) => [Object.keys(object).length, object['mine'], 'old' in object],
    [COUNT + 1, 'y', false],
  ],
  [
    'deep',
    ({ data }) => {
      for (const name of names) data.deep.inside[name] = TEXT
    },
    (session) => {
      session.increment('deep.inside.hits', 5)
    },
    ({ deep }) => [Object.keys(deep.inside).length, deep.inside['hits']],
    [COUNT + 1, 6],
  ],
]

describe.each(['none', 'eager', 'lazy'] as const)('with a store: %s', (load) => {
  describe.each([
    ['the one with many first', true],
    ['it last', false],
  ])('%s', (_, isFirst) => {
    test.each(cases)('both count in %s', async (key, more, other, shown, expected) => {
      const clock = new Clock()
      const overflow = memoryStore({ clock: clock.read })
      const store = load === 'none' ? {} : { overflow, overflowLoad: load }
      const shop = new Shop<Data>({ initial, ...store }, { clock })
      await shop.visit((session) => session.regenerate())
      clock.advance(1)
      const [one, two] = [await shop.begin(), await shop.begin()]
      for (const { session } of [one, two]) await session.load(key)
      more(one.session)
      other(two.session)
      const ends = isFirst ? [one, two] : [two, one]
      for (const { end } of ends) {
        clock.advance(1)
        await end()
      }
      const session = await shop.sessions.open(shop.visitor.request())
      await session.load(key)
      expect(shown(session.data)).toEqual(expected)
    })
  })
})
