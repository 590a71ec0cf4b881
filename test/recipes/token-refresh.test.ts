import { expect, test } from 'vitest'
import { createNaiveApp } from './naive.ts'
import type { Rotation } from './provider.ts'
import { play } from './tabs.ts'

// In Node. Each runtime has its own cryptography, and all else is the same.
const ROUNDS = navigator.userAgent === 'Cloudflare-Workers' ? 200 : 1000
const WINDOW_MS = 5_000
const TIMEOUT_MS = 120_000
const NOTHING_WRONG = { signOuts: 0, mixed: 0, failures: 0 }

const none: Rotation = { windowMs: 0, inWindow: 'same', afterWindow: 'refuse' }

for (const inWindow of ['same', 'another'] as const) {
  test(`with a window of 5 s that gives ${inWindow} tokens nobody is signed out`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const rotation: Rotation = { windowMs: WINDOW_MS, inWindow, afterWindow: 'revoke' }
    const result = await play({ rounds: ROUNDS, rotation })
    expect(result).toMatchObject({ ...NOTHING_WRONG, retries: 0 })
    expect(result.reuses).toBeGreaterThan(ROUNDS / 2)
  })
}

test('nor if a tab is closed before its answer arrives', { timeout: TIMEOUT_MS }, async () => {
  const rotation: Rotation = { windowMs: WINDOW_MS, inWindow: 'same', afterWindow: 'revoke' }
  const result = await play({ rounds: 200, rotation, closesOneIn: 3 })
  expect(result).toMatchObject({ ...NOTHING_WRONG, retries: 0 })
})

test('with no window, but a provider that only refuses, the retry finds the tokens of the winner', {
  timeout: TIMEOUT_MS,
}, async () => {
  const result = await play({ rounds: 300, rotation: none })
  expect(result).toMatchObject(NOTHING_WRONG)
  expect(result.retries).toBeGreaterThan(50)
})

test('a handler that ends the session signs people out there', {
  timeout: TIMEOUT_MS,
}, async () => {
  const result = await play({ rounds: 100, rotation: none, create: createNaiveApp })
  expect(result.signOuts).toBeGreaterThan(50)
})

test('with no window, and a provider that revokes, no handler can help', {
  timeout: TIMEOUT_MS,
}, async () => {
  const rotation: Rotation = { ...none, afterWindow: 'revoke' }
  const result = await play({ rounds: 100, rotation })
  expect(result.signOuts).toBeGreaterThan(50)
  expect(result).toMatchObject({ mixed: 0, failures: 0 })
})
