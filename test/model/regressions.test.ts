/** Schedules that the model found, and that broke a promise once. */
import { describe, expect, test } from 'vitest'
import { run } from './run.ts'
import { parseStep } from './schedule.ts'

interface Regression {
  readonly seed: number
  readonly idle: number
  readonly late?: boolean
  readonly steps: readonly string[]
}

const regressions: Readonly<Record<string, Regression>> = {
  'an object stays when the last of its members is deleted in a later entry': {
    seed: 30,
    idle: 1800,
    steps: [
      'send 1 empty cart',
      'answer 1',
      'send 2 inc new.n',
      'answer 2',
      'send 3 clear new',
      '+100s answer 3',
      'send 4 set a',
      'commit 4',
      'send 5 read',
    ],
  },
  'so does the object around an object that is deleted': {
    seed: 446331394,
    idle: 300,
    steps: [
      'send 1 inc hits',
      'answer 1',
      'send 17 replace cart.z',
      'answer 17',
      'send 20 replace cart.z',
      'answer 20',
      '+30s send 29 empty cart',
      'answer 29',
    ],
  },
  'a slow request does not settle over an answer that arrived after it was sent': {
    seed: 10,
    idle: 600,
    steps: [
      '+2440s send 19 inc new.n',
      '+100s answer 19',
      '+80s send 20 @-30 inc hits',
      'commit 20',
      '+100s send 21 read',
      'answer 20',
      '+70s answer 21',
    ],
  },
  'of parallel bases the newest counts even when it is the first to expire': {
    seed: 687867369,
    idle: 1800,
    steps: [
      'send 4 inc hits',
      'answer 4',
      '+1480s send 13 inc hits',
      'send 17 @30 inc hits',
      'answer 17',
      'answer 13',
      '+1850s send 29 @-30 set a',
    ],
  },
  'a login wins over a parallel regeneration of the session that it came out of': {
    seed: 2063594095,
    idle: 300,
    steps: [
      'send 2 set a',
      'answer 2',
      'send 7 regenerate',
      'send 12 login eva',
      'answer 12',
      'answer 7',
    ],
  },
  'a login without cookies wins over the session of a visitor who had logged out': {
    seed: 1,
    idle: 1800,
    steps: [
      'send 1 login eva',
      'answer 1',
      '+100s send 2 login kim',
      'answer 2',
      '+100s send 3 destroy',
      'answer 3',
      '+100s send 4 set a',
      'answer 4',
      '+100s send 5 bare login eva',
      'answer 5',
    ],
  },
  'a login wins over a session that starts where only ended ones are seen': {
    seed: 2053339211,
    idle: 300,
    steps: [
      'send 1 login eva',
      'answer 1',
      'send 12 destroy',
      'send 23 login kim',
      'answer 12',
      'send 27 login kim',
      'answer 23',
      'send 29 inc hits',
      'answer 27',
      'answer 29',
    ],
  },
  'a session that was replaced does not come back, without some writes, when the other expires': {
    seed: 379167617,
    idle: 600,
    steps: [
      'send 1 set cart.y',
      'answer 1',
      'send 5 inc hits',
      'send 8 set cart.z.q',
      'send 10 bare inc hits',
      'answer 10',
      'answer 8',
      'send 11 inc hits',
      'answer 11',
      '+90s answer 5',
      '+590s send 17 read',
    ],
  },
  'parallel bases are not all removed in favour of one another when one is renewed once more': {
    seed: 1923330983,
    idle: 300,
    steps: [
      'send 1 set cfg',
      'answer 1',
      'send 2 read',
      'send 5 inc new.n',
      'answer 5',
      'send 7 read',
      '+10s send 10 shift log',
      '+20s answer 2',
      'answer 10',
      '+10s send 12 inc hits',
      'answer 7',
      'send 13 inc hits',
      'answer 12',
      'answer 13',
    ],
  },
  'what starts after a login has expired is not hidden by it': {
    seed: 1216411320,
    idle: 600,
    steps: [
      'send 10 inc hits',
      'answer 10',
      'send 11 @-30 regenerate',
      'answer 11',
      '+840s send 18 @30 bare inc hits',
      'answer 18',
    ],
  },
  'a session that has expired for one node is left to those for which it lives': {
    seed: 1513018974,
    idle: 300,
    steps: [
      'send 4 login eva',
      'commit 4',
      '+90s answer 4',
      '+230s send 17 @-30 inc hits',
      'send 18 bare inc hits',
      'answer 18',
      'send 20 inc hits',
      'answer 17',
      'answer 20',
    ],
  },
  'a renewal is not undone by a parallel one that came first': {
    seed: 488162021,
    idle: 300,
    late: true,
    steps: [
      'send 4 inc hits',
      'answer 4',
      'send 5 read',
      '+90s send 10 del sl/ash.~t',
      'answer 5',
      '+150s answer 10',
      'send 11 inc hits',
      'answer 11',
      '+170s send 13 read',
    ],
  },
}

describe('once broken, now kept', () => {
  test.each(Object.entries(regressions))('%s', (_name, { seed, idle, late = false, steps }) => {
    const schedule = { seed, idle, filler: 0, steps: steps.map(parseStep) }
    expect(() => run(schedule, { late })).not.toThrow()
  })
})
