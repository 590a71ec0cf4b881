import type { Vector } from '../vector.ts'
import { bases } from './bases.ts'
import { ended } from './ended.ts'
import { ends } from './ends.ts'
import { invalid } from './invalid.ts'
import { keys } from './keys.ts'
import { limits } from './limits.ts'
import { lists } from './lists.ts'
import { logs } from './logs.ts'
import { memory } from './memory.ts'
import { once, renewals } from './once.ts'
import { operands } from './operands.ts'
import { fillOps, ops } from './ops.ts'
import { misplaced, overflow } from './overflow.ts'
import { rejected } from './rejected.ts'
import { richOps } from './rich.ts'
import { rules } from './rules.ts'
import { siblings } from './siblings.ts'
import { joinedBases, takenEntries } from './taken.ts'
import { times } from './times.ts'
import { values } from './values.ts'

/** The vectors of each file. */
export const scenes: Readonly<Record<string, () => Promise<readonly Vector[]>>> = {
  bases,
  logs,
  ops,
  fill: fillOps,
  lists,
  memory,
  rich: richOps,
  once,
  operands,
  renewals,
  values,
  ends,
  ended,
  siblings,
  limits,
  taken: takenEntries,
  joins: joinedBases,
  times,
  rules,
  overflow,
  keys,
  rejected,
  invalid,
  misplaced,
}
