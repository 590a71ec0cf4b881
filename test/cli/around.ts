import type { Surroundings } from '../../src/cli/run.ts'

/** The surroundings of a command, none of which is there unless a test says so. */
export function around(given: Partial<Surroundings> = {}): Surroundings {
  return {
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    env: {},
    now: Date.now,
    readHeader: async () => '',
    project: async () => ({ wrangler: undefined, devVars: undefined, maxHeaderBytes: 16_384 }),
    ...given,
  }
}
