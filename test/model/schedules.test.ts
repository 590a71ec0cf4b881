import { describe, expect, test } from 'vitest'
import { LONG_MS, runs, SEED } from './budget.ts'
import { search } from './check.ts'
import { ageing, busy, changing, slow } from './kinds.ts'

describe('with up to 12 requests in flight and clocks that differ by 30 s either way', {
  timeout: LONG_MS,
}, () => {
  test('no acknowledged write is lost, each counts once, and the next request sees it', () => {
    expect(search(busy, runs(2500), SEED)?.text).toBeUndefined()
  })

  test('pauses of minutes, in which entries settle and sessions expire, change nothing in that', () => {
    expect(search(slow, runs(2500), SEED)?.text).toBeUndefined()
  })

  test('nor do lives of hours, in which the names of elements grow old and are forgotten', () => {
    expect(search(ageing, runs(2500), SEED)?.text).toBeUndefined()
    expect(search(ageing, runs(1200), SEED, { late: true })?.text).toBeUndefined()
  })

  test('a session that has ended stays ended, and no slower request undoes a login', () => {
    expect(search(changing, runs(3000), SEED + 1)?.text).toBeUndefined()
  })

  test('an answer that comes minutes too late may be lost itself, and does no other harm', () => {
    expect(search(slow, runs(1200), SEED, { late: true })?.text).toBeUndefined()
    expect(search(changing, runs(1200), SEED + 1, { late: true })?.text).toBeUndefined()
  })
})
