/** What handlers do at random, and how often. */
import fc from 'fast-check'
import type { Way, Writing } from './actions.ts'

const leaves = ['a', 'b', 'won', 'cart.x', 'cart.y', 'cart.z.q', 'cfg', 'cfg.m', 'sl/ash.~t']
const objects = ['cart', 'cart.z', 'cfg', 'new']
const entries = ['map.@k', 'map.@l', 'map.@s/l~']
const members = ['set.=1', 'set.=2', 'set.=s/l~']
const inner = ['items.?0', 'items.?1', 'items.?2']
const rows = ['rows.?0', 'rows.?1']
const elements = ['list.?0', 'list.?1', 'list.?3', 'log.?0', ...inner, ...rows, 'rows.?0.?0']
const notes = ['items.?0.notes', 'items.?1.notes', 'objects.@o.notes']
const lists = ['list', 'list', 'items', 'items', 'log', 'cfg', 'rows', ...rows, ...notes]

/** Ways of writing, each with the places where it is done and how often it is. */
const plain: readonly (readonly [Way, weight: number, paths: readonly string[]])[] = [
  ['inc', 4, ['hits', 'hits', 'cart.x', 'new.n']],
  ['raise', 2, ['peak', 'peak', 'cart.peak']],
  ['set', 5, leaves],
  ['del', 2, [...leaves, ...objects, 'list', 'hits', 'log', 'peak']],
  ['clear', 1, objects],
  ['replace', 1, objects],
  ['empty', 1, objects],
]

const listed: typeof plain = [
  ['push', 6, lists],
  ['begin', 1, ['log']],
  ['unshift', 2, ['list', 'items', 'items.?0.notes']],
  ['splice', 2, elements],
  ['swap', 1, elements],
  ['set', 3, ['list.?0', 'list.?2', 'log.?0', 'rows.?0.?0', 'rows.?0.?1', 'rows.?1.?0']],
  ['set', 5, inner.flatMap((at) => [`${at}.qty`, `${at}.qty`, `${at}.name`, `${at}.sub.n`])],
  ['del', 3, elements],
  ['del', 1, inner.flatMap((at) => [`${at}.sub`, `${at}.notes`, `${at}.name`])],
  ['shift', 1, lists],
  ['filter', 1, lists],
  ['sort', 1, ['list', 'items']],
  ['reverse', 1, ['list', 'items', 'items.?0.notes']],
  ['clear', 1, ['list', 'items', 'log', 'rows.?0', ...notes]],
  ['tag', 3, ['x', 'x', 'y']],
  ['tagfirst', 2, ['x', 'y', 'y']],
  ['untag', 2, ['x', 'x', 'y']],
  ['untagall', 1, ['x', 'y']],
]

const keyed: typeof plain = [
  ['set', 4, entries],
  ['set', 3, ['objects.@o.qty', 'objects.@o.name', 'objects.@p.qty']],
  ['set', 3, members],
  ['del', 3, [...entries, ...members, 'objects.@o', 'objects.@o.qty']],
  ['move', 1, entries],
  ['clear', 1, ['map', 'set', 'objects']],
  ['del', 1, ['map', 'set', 'objects']],
  ['once', 2, ['c', 'c', 'd']],
  ['set', 1, ['won']],
]

function some(ways: typeof plain): fc.Arbitrary<Writing> {
  return fc.oneof(
    ...ways.map(([kind, weight, paths]) => ({
      weight,
      arbitrary: fc.constantFrom(...paths).map((path) => ({ kind, path, also: undefined })),
    })),
  )
}

/** Few places for each schedule, so that requests meet there; or all of them. */
const themes: readonly (readonly (typeof plain)[])[] = [
  [plain, listed, keyed],
  [plain, listed, keyed],
  [plain],
  [listed],
  [at(listed, /^items/)],
  [at(listed, /^(list|log)/)],
  [at(listed, /^rows/)],
  [at(listed, /^[xy]$/)],
  [at(keyed, /./), at(plain, /^cart/)],
]

/** The ways of writing, only at places like these. */
function at(ways: typeof plain, places: RegExp): typeof plain {
  return ways.flatMap(([kind, weight, paths]) => {
    const left = paths.filter((path) => places.test(path))
    return left.length > 0 ? [[kind, weight, left] as const] : []
  })
}

/** What the handlers of one schedule do. */
export const writings: readonly fc.Arbitrary<Writing>[] = themes.map((theme) => {
  const single = some(theme.flat())
  const double = fc.tuple(single, single).map(([one, also]) => ({ ...one, also }))
  return fc.oneof({ arbitrary: single, weight: 5 }, { arbitrary: double, weight: 1 })
})
