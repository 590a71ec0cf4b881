import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// What touches cryptography, streams, headers or stores runs in Node and in workerd. What is pure, or needs
// a program or a server, runs in Node only.
const pure = [
  'test/tree/**',
  'test/log/**',
  'test/model/**',
  // Hours of traffic: its subject is when entries settle.
  'test/merging/late.test.ts',
  'test/types/**',
  'test/docs/figures.test.ts',
  'test/mutants/**',
]
const needsNode = [
  'test/cache/**/*.test.ts',
  'test/cluster/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/node/**/*.test.ts',
  'test/*.test.ts',
]
const nodeOnly = [...pure, ...needsNode]
const workerdOnly = ['test/workerd/**']
// These need a service or a program of their own, and have their own npm scripts.
const apart = [
  'test/browser/**',
  'test/redis/**',
  'test/frameworks/**',
  'test/runtimes/**',
  'test/mutation/**',
]

const include = ['test/**/*.test.ts']

// Nothing is timed here. Only what hangs reaches these limits, also where the machine is busy with other things.
const patience = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
}

export default defineConfig({
  test: {
    // The default leaves one core idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...patience,
          name: 'programs',
          include: needsNode,
        },
      },
      {
        test: {
          ...patience,
          name: 'node',
          // Nor does a process of its own for each file pay: it would take a fifth of all the time.
          isolate: false,
          include,
          exclude: [...needsNode, ...workerdOnly, ...apart],
        },
      },
      {
        plugins: [
          // The runner itself needs nodejs_compat and enables it whatever is asked for here. That
          // src/ does not need it is shown by test/layering.test.ts and by the demo's deployment.
          cloudflareTest({
            main: './test/workerd/main.ts',
            miniflare: {
              compatibilityDate: '2026-10-20',
              kvNamespaces: ['SESSIONS'],
              durableObjects: {
                REVOCATIONS: { className: 'RevocationObject', useSQLite: true },
              },
            },
          }),
        ],
        test: {
          ...patience,
          name: 'workerd',
          // The files share one worker: each start would take a fifth of a second.
          isolate: false,
          include,
          exclude: [...nodeOnly, ...apart],
        },
      },
    ],
  },
})
