import { defineConfig } from 'vitest/config'

// Needs the program redis-server (Debian: apt-get install redis-server); the tests start their own.
export default defineConfig({
  test: {
    name: 'redis',
    include: ['test/redis/**/*.test.ts'],
  },
})
