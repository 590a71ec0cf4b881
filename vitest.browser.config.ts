import { defineConfig } from 'vitest/config'

// Needs the program chromium (Debian: apt-get install chromium); CHROMIUM says where else it is.
export default defineConfig({
  test: {
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/setup.ts'],
    // They share one cluster, and some kill its nodes.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
