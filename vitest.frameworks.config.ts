import { defineConfig } from 'vitest/config'

// The real frameworks have a package of their own: `npm run test:frameworks` installs it first.
export default defineConfig({
  test: {
    include: ['test/frameworks/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
