/** Schedules that the model found, and that break a promise still. */
import { describe, expect, test } from 'vitest'
import { go, type Regression } from './regression.ts'

const known: Readonly<Record<string, Regression>> = {
  'a renewal is not undone by a parallel one that commits before it and arrives after it': {
    seed: 1,
    idle: 300,
    steps: [
      'send 0 set a',
      'answer 0',
      '+170s send 3 read',
      'commit 3',
      'send 4 read',
      '+100s answer 4',
      'answer 3',
      '+230s send 6 inc hits',
    ],
  },
  'a session that had ended does not come back with a login that was under way for minutes': {
    seed: 1,
    idle: 600,
    late: true,
    steps: [
      'send 3 login eva',
      'answer 3',
      'send 10 login kim',
      'send 20 destroy',
      'answer 20',
      '+310s send 41 inc hits',
      'answer 41',
      'answer 10',
    ],
  },
  'what two lists begin with counts once, though another one has put something before it': {
    seed: 5,
    idle: 1800,
    steps: [
      'send 0 set a',
      'answer 0',
      'send 1 begin log',
      'send 2 begin log',
      'answer 1',
      'send 3 unshift log',
      'answer 3',
      '+1s answer 2',
    ],
  },
}

describe('broken still', () => {
  test.fails.each(Object.entries(known))('%s', (_name, regression) => {
    expect(() => go(regression)).not.toThrow()
  })
})
