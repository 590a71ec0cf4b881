import { defineConfig } from 'vitest/config'

// What needs packages of its own, which its npm script installs: `test:frameworks` and `test:runtimes`.
export default defineConfig({
  test: {
    include: ['test/{frameworks,runtimes}/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
