/**
 * What a client can make of its own valid cookies, against a normal request: CPU time, what is read from the store, and
 * memory. Each header is opened as if this node had not seen it before.
 */

import { MERGED_SHARE } from '../../src/fit/fit.ts'
import type { OverflowStore } from '../../src/index.ts'
import { checks, cut, forks, headerOf, SHAPES, type Shape } from '../../test/security/forks.ts'
import { median, table } from '../table.ts'
import { SECRET } from './app.ts'
import { type Server, startNode, startWorkerd } from './servers.ts'

const SIZES_KB = [16, 32, 64, 128]
const ROUTES = ['/ping', '/read']
const MAX_SESSION_BYTES = 262_144
/** Of a normal request. */
const MOST_CPU = 10
/** Of `maxSessionBytes`. */
const MOST_MEMORY = 4
const BATCHES = 3
const ROUNDS = 5
/** How often what misses its goal is measured again. */
const AGAIN = 8

const now = Date.now()

interface Attack {
  readonly what: string
  readonly headers: readonly string[]
  readonly values: Readonly<Record<string, string>>
}

function collecting(values: Record<string, string>): OverflowStore {
  return {
    get: async (key) => values[key],
    put: async (key, value) => {
      values[key] = value
    },
  }
}

async function attack(
  what: string,
  shape: Shape,
  most: number,
  withStore: boolean,
): Promise<Attack> {
  const values: Record<string, string> = {}
  const options = {
    secrets: SECRET,
    initial: () => ({}),
    ...(withStore ? { overflow: collecting(values) } : {}),
  }
  const jar = await forks({ options, now }, shape, 128 * 1024, most)
  return { what, headers: SIZES_KB.map((kb) => cut(jar, kb * 1024)), values }
}

/** A session of 1 KB: who is logged in, and a cart. */
const NORMAL: Shape = {
  root: (data) =>
    Object.assign(data, {
      user: { id: 'user-1', name: 'Ada Lovelace', mail: 'ada@shop.example', roles: ['buyer'] },
      cart: Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`sku-${i}`, { qty: i, note: 'x'.repeat(30) }]),
      ),
    }),
  chained: true,
  change: ({ data }, i) => Object.assign(data, { [`seen${i}`]: i }),
}

async function average(server: Server, path: string, header: string) {
  for (let i = 0; i < 2; i++) await server.get(path, header)
  await server.usage()
  const times: number[] = []
  let read = 0
  // What is compiled or collected in one of them does not count, nor what else the machine does.
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let i = 0; i < ROUNDS; i++) await server.get(path, header)
    const { micros, bytes } = await server.usage()
    times.push(micros / ROUNDS)
    read = bytes / ROUNDS
  }
  return { micros: Math.min(...times), bytes: read }
}

/** What misses the goal is measured again: what a request really costs it costs each time, and a busy machine does not. */
async function settled(server: Server, path: string, header: string, usualMicros: number) {
  let best = await average(server, path, header)
  for (let again = 0; again < AGAIN && best.micros > MOST_CPU * usualMicros; again++) {
    const { micros, bytes } = await average(server, path, header)
    best = { micros: Math.min(best.micros, micros), bytes }
  }
  return best
}

/** Measures, prints, and tells what misses its goal. */
export async function measureForks(): Promise<string[]> {
  const attacks: Attack[] = []
  for (const [what, shape] of Object.entries(SHAPES))
    attacks.push(await attack(what, shape, 130, false))
  for (const bytes of [2000, 12_000, 60_000, 260_000])
    attacks.push(
      await attack(
        `claim checks of ${bytes / 1000} KB`,
        checks(bytes),
        bytes > 100_000 ? 30 : 130,
        true,
      ),
    )
  const normal = headerOf(
    await forks({ options: { secrets: SECRET, initial: () => ({}) }, now }, NORMAL, 128 * 1024, 3),
  )
  const missed: string[] = []
  for (const start of [startNode, startWorkerd]) {
    // What was made last was made a few minutes after that.
    const server = await start(now + 500_000)
    try {
      missed.push(...(await measureOn(server, attacks, normal)))
    } finally {
      await server.close()
    }
  }
  return missed
}

async function measureOn(
  server: Server,
  attacks: readonly Attack[],
  normal: string,
): Promise<string[]> {
  for (const { values } of attacks) await server.put(values)
  for (const path of ROUTES)
    for (const { headers } of attacks)
      for (const header of [...headers, normal]) await server.get(path, header)
  const cells: Cell[] = []
  const least = new Map<string, number>()
  for (const { what, headers } of attacks) {
    for (const path of ROUTES) {
      // In between, so that whatever else the machine does weighs on both.
      const usual = await average(server, path, normal)
      cells.push({ what: NORMAL_NAME, path, kb: 0, micros: usual.micros, bytes: 0 })
      const usualMicros = Math.min(usual.micros, least.get(path) ?? usual.micros)
      least.set(path, usualMicros)
      for (const [i, header] of headers.entries()) {
        const { micros, bytes } = await settled(server, path, header, usualMicros)
        cells.push({ what, path, kb: SIZES_KB[i] ?? 0, micros, bytes })
      }
    }
  }
  // At the end: whoever collects all garbage throws away what was compiled as well.
  const held = new Map<string, number>()
  for (const { what, headers } of attacks) {
    const header = headers.at(-1) ?? ''
    const bytes = await server.memory?.('/read', header)
    if (bytes !== undefined) held.set(what, bytes)
  }
  return judged(server.name, attacks, { cells, held }, normal)
}

const NORMAL_NAME = 'a normal request'

/** What was measured of one header on one route. */
interface Cell {
  readonly what: string
  readonly path: string
  readonly kb: number
  readonly micros: number
  readonly bytes: number
}

/** Prints, and tells what misses its goal. */
function judged(
  name: string,
  attacks: readonly Attack[],
  { cells, held }: { readonly cells: readonly Cell[]; readonly held: ReadonlyMap<string, number> },
  normal: string,
): string[] {
  const missed: string[] = []
  const usual = new Map(
    ROUTES.map((path) => {
      const own = cells.filter((cell) => cell.what === NORMAL_NAME && cell.path === path)
      return [path, median(own.map(({ micros }) => micros))]
    }),
  )
  const rows = attacks.map(({ what }) => {
    const own = cells.filter((cell) => cell.what === what)
    const times = own.map(({ path, kb, micros }) => {
      const ratio = micros / (usual.get(path) ?? 1)
      if (ratio > MOST_CPU)
        missed.push(
          `${name}, ${path}, ${kb} KB, ${what}: ${ratio.toFixed(1)} times the CPU of a normal request.`,
        )
      return ratio.toFixed(1)
    })
    const bytes = Math.max(...own.map((cell) => cell.bytes))
    const memory = held.get(what)
    if (bytes > MAX_SESSION_BYTES * MERGED_SHARE)
      missed.push(`${name}, ${what}: ${bytes} bytes from the store.`)
    if ((memory ?? 0) > MAX_SESSION_BYTES * MOST_MEMORY)
      missed.push(`${name}, ${what}: ${memory} bytes of memory.`)
    return [what, ...times, kilo(bytes), memory === undefined ? '–' : kilo(memory)]
  })
  const sizes = ROUTES.flatMap((path) => SIZES_KB.map((kb) => `${path} ${kb}`))
  const [ping, read] = ROUTES.map((path) => (usual.get(path) ?? 0).toFixed(0))
  console.log(`
CPU of a request with 16 to 128 KB of valid cookies on ${name}, over that of a normal one, none of them seen before; the best of ${BATCHES} batches of ${ROUNDS}, and of up to ${AGAIN} times as many where that misses the goal.
The normal one has ${normal.length} bytes of cookies and takes ${ping} µs for /ping, which ignores the session, and ${read} µs for /read.
The goals: at most ${MOST_CPU} times the CPU, ${MAX_SESSION_BYTES * MERGED_SHARE} bytes of values from the store, ${MOST_MEMORY} times maxSessionBytes of memory while a handler runs.
`)
  console.log(table(['valid cookies', ...sizes, 'store KB', 'memory KB'], rows))
  return missed
}

const kilo = (bytes: number) => (bytes / 1024).toFixed(0)
