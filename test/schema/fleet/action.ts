/** Something that a visitor of the fleet does. */
import type { Session } from '../../../src/index.ts'
import type { DataN, DataNPlus1 } from './releases.ts'

/** Something to do to a session, on a node of some release, and to what is expected of it. */
export interface Action {
  readonly name: string
  /** Actions of one name may go on at once only if what they write is not the same. */
  readonly writes: string
  readonly onN: (session: Session<DataN>) => void
  readonly onNPlus1: (session: Session<DataNPlus1>) => void
  readonly expect: (data: DataNPlus1) => void
}

type Change<Data> = (data: Data) => void

/** A change that both releases can make. */
export function both(name: string, writes: string, change: Change<DataN>): Action {
  return {
    name,
    writes,
    onN: ({ data }) => change(data),
    onNPlus1: ({ data }) => change(data),
    expect: change,
  }
}

/** A change that only the newer release knows. */
export function newer(name: string, writes: string, change: Change<DataNPlus1>): Action {
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
