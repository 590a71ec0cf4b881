/**
 * How often somebody is signed out when two tabs refresh OAuth tokens at once: the recipe in
 * docs/recipes/token-refresh.md, and a handler that ends the session when the provider says `invalid_grant`.
 * Exits with 1 if the recipe signs somebody out although the provider has a reuse window.
 */
import { createNaiveApp } from '../test/recipes/naive.ts'
import type { Rotation } from '../test/recipes/provider.ts'
import { play } from '../test/recipes/tabs.ts'
import { createApp } from '../test/recipes/token-refresh.ts'
import { table } from './table.ts'

const ROUNDS = 1000
const WINDOW_MS = 5_000

const providers: readonly (readonly [name: string, rotation: Rotation])[] = [
  [
    'window of 5 s, the same tokens again',
    { windowMs: WINDOW_MS, inWindow: 'same', afterWindow: 'revoke' },
  ],
  [
    'window of 5 s, other tokens',
    { windowMs: WINDOW_MS, inWindow: 'another', afterWindow: 'revoke' },
  ],
  [
    'no window, refuses the second request',
    { windowMs: 0, inWindow: 'same', afterWindow: 'refuse' },
  ],
  [
    'no window, revokes all tokens of the login',
    { windowMs: 0, inWindow: 'same', afterWindow: 'revoke' },
  ],
]

const rows: string[][] = []
let wrong = 0
for (const [name, rotation] of providers) {
  const recipe = await play({ rounds: ROUNDS, rotation, create: createApp })
  const naive = await play({ rounds: ROUNDS, rotation, create: createNaiveApp })
  wrong += recipe.mixed + recipe.failures
  if (rotation.windowMs > 0) wrong += recipe.signOuts
  rows.push([name, `${recipe.signOuts}`, `${naive.signOuts}`])
}

console.log(
  `Sign-outs in ${ROUNDS.toLocaleString('en')} rounds: two tabs of one browser, four nodes.\n`,
)
console.log(table(['provider', 'recipe', 'clears the session'], rows))
if (wrong > 0) {
  console.error('\nThe recipe signed somebody out in spite of a window, or mixed up tokens.')
  process.exitCode = 1
}
