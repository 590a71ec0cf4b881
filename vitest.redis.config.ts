import { defineConfig } from 'vitest/config'

// Needs the program redis-server (Debian: apt-get install redis-server); the tests start their own.
export default defineConfig({
  test: {
    name: 'redis',
    include: ['test/redis/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
