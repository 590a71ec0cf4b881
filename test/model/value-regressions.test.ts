/** Schedules that the model found, and that broke a promise about what is in a state. */
import { describe, expect, test } from 'vitest'
import { go, type Regression } from './regression.ts'

const regressions: Readonly<Record<string, Regression>> = {
  'what takes the place of an element is not that element, edited': {
    seed: 1,
    idle: 600,
    steps: [
      'send 1 push items',
      'answer 1',
      'send 2 set items.?0.qty',
      'send 3 swap items.?0',
      'answer 3',
      'answer 2',
    ],
  },
  'all that are the same are taken out, though there is another one before them by now': {
    seed: 1,
    idle: 300,
    steps: [
      'send 1 tagfirst x',
      'answer 1',
      'send 2 tagfirst x',
      'send 3 tagfirst y',
      'answer 2',
      'send 4 untagall x',
      'answer 4',
      'answer 3',
    ],
  },
  'and though others of them were gone long before': {
    seed: 0,
    idle: 300,
    steps: [
      'send 5 tag x',
      'answer 5',
      'send 17 tag x',
      'send 18 tag y',
      'send 20 @30 tag x',
      'send 22 untag x',
      'answer 17',
      'answer 20',
      '+10s answer 18',
      'answer 22',
      'send 37 untag x',
      '+10s send 38 untagall x',
      'answer 37',
      'answer 38',
    ],
  },
  'an element is taken out that an answer edits which comes much too late': {
    seed: 1,
    idle: 1800,
    late: true,
    steps: [
      'send 25 push items',
      'answer 25',
      'send 28 set items.?2.qty',
      'answer 28',
      'send 30 set items.?2.qty',
      'commit 30',
      '+790s send 35 del items.?2',
      'answer 35',
      'answer 30',
    ],
  },
  'so is one whose edits are older than names are used, where nothing settled since': {
    seed: 1,
    idle: 7200,
    late: true,
    steps: [
      'send 11 push items',
      'answer 11',
      'send 13 set items.?0.sub.n',
      'send 15 set items.?0.name',
      'commit 15',
      'answer 13',
      '+1860s send 24 del items.?0',
      'answer 24',
      'answer 15',
    ],
  },
}

describe('once broken, now kept', () => {
  test.each(Object.entries(regressions))('%s', (_name, regression) => {
    expect(() => go(regression)).not.toThrow()
  })
})
