/** What the visitors of the fleet do, and what is expected of it. Each writes paths of its own. */
import type { Session } from '../../../src/index.ts'
import type { Random } from '../../support/random.ts'
import type { DataN, DataNPlus1, Release } from './releases.ts'

/** Something to do to a session, on a node of some release, and to what is expected of it. */
export interface Action {
  readonly name: string
  /** Actions of one name may go on at once only if what they write is not the same. */
  readonly writes: string
  readonly onN: (session: Session<DataN>) => void
  readonly onNPlus1: (session: Session<DataNPlus1>) => void
  readonly expect: (data: DataNPlus1) => void
}

/** Text that is too big for a cookie. */
const LONG = 'All sessions travel with the request. '.repeat(130)

type Change<Data> = (data: Data) => void

/** A change that both releases can make. */
function both(name: string, writes: string, change: Change<DataN>): Action {
  return {
    name,
    writes,
    onN: ({ data }) => change(data),
    onNPlus1: ({ data }) => change(data),
    expect: change,
  }
}

/** A change that only the newer release knows. */
function newer(name: string, writes: string, change: Change<DataNPlus1>): Action {
  return {
    name,
    writes,
    onN: () => {
      throw new TypeError(`${name} is unknown to N`)
    },
    onNPlus1: ({ data }) => change(data),
    expect: change,
  }
}

/** A random action for a node of `release`; `n` makes what it writes unmistakable. */
export function actionFor(random: Random, release: Release, n: number, store: boolean): Action {
  const sku = `sku${random.below(12)}`
  const shared: Action[] = [
    both('buy', `cart.${sku}`, ({ cart }) => {
      cart[sku] = n
    }),
    both('put back', `cart.${sku}`, ({ cart }) => {
      delete cart[sku]
    }),
    both('rename', 'user.name', ({ user }) => {
      user.name = `name ${n}`
    }),
    both('note', 'notes', ({ notes }) => {
      notes.push(`note ${n}`)
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
  if (release === 'N') return random.pick(shared)
  const own: Action[] = [
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
  if (store) {
    own.push(
      newer('write', 'essay', (data) => {
        data.essay = `${n}: ${LONG}`
      }),
    )
  }
  return random.pick([...shared, ...own])
}
