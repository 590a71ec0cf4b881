/** What the visitors of the fleet do, and what is expected of it. Each writes paths of its own. */
import type { Random } from '../../support/random.ts'
import { type Action, both, newer } from './action.ts'
import { collectionAction } from './collections.ts'
import type { DataNPlus1, Release } from './releases.ts'

/** What may be drawn. */
export interface Choice {
  /** Whether there is a store for what is too big for a cookie. */
  readonly store: boolean
  /** Only changes of lists and Maps. */
  readonly collections: boolean
}

/** Text that is too big for a cookie. */
const LONG = 'All sessions travel with the request. '.repeat(130)

/** A random action for a node of `release`; `n` makes what it writes unmistakable, `seen` is what its request sees. */
export function actionFor(
  random: Random,
  release: Release,
  n: number,
  seen: DataNPlus1,
  { store, collections }: Choice,
): Action {
  if (collections || random.below(3) === 0) return collectionAction(random, release, n, seen)
  const sku = `sku${random.below(12)}`
  return random.pick([
    ...shared(sku, n),
    ...(release === 'N' ? [] : own(sku, n)),
    ...(release === 'N' || !store ? [] : [essay(n)]),
  ])
}

/** What both releases know. */
function shared(sku: string, n: number): Action[] {
  return [
    both('buy', `cart.${sku}`, ({ cart }) => {
      cart[sku] = n
    }),
    both('put back', `cart.${sku}`, ({ cart }) => {
      delete cart[sku]
    }),
    both('rename', 'user.name', ({ user }) => {
      user.name = `name ${n}`
    }),
    both('read', '', () => undefined),
    {
      name: 'count',
      writes: '',
      onN: (session) => session.increment('user.visits'),
      onNPlus1: (session) => session.increment('user.visits'),
      expect: ({ user }) => {
        user.visits++
      },
    },
    {
      name: 'assign',
      writes: 'user.name',
      onN: (session) => {
        const { user, ...rest } = session.data
        session.data = { ...rest, user: { ...user, name: `assigned ${n}` } }
      },
      onNPlus1: (session) => {
        const { user, ...rest } = session.data
        session.data = { ...rest, user: { ...user, name: `assigned ${n}` } }
      },
      expect: ({ user }) => {
        user.name = `assigned ${n}`
      },
    },
  ]
}

/** What only the newer release knows. */
function own(sku: string, n: number): Action[] {
  return [
    newer('locale', 'user.locale', ({ user }) => {
      user.locale = `l${n}`
    }),
    newer('theme', 'prefs.theme', ({ prefs }) => {
      prefs.theme = n % 2 === 0 ? 'dark' : 'light'
    }),
    newer('flag', `prefs.flags.${sku}`, ({ prefs }) => {
      prefs.flags[sku] = new Date(n)
    }),
    newer('wish', `wishes.${sku}`, ({ wishes }) => {
      wishes[sku] = { added: BigInt(n) }
    }),
    newer('forget', `wishes.${sku}`, ({ wishes }) => {
      delete wishes[sku]
    }),
  ]
}

function essay(n: number): Action {
  return newer('write', 'essay', (data) => {
    data.essay = `${n}: ${LONG}`
  })
}
