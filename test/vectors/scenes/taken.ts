import { digestOf, entryId, joinId } from '../../../src/log/format/ids.ts'
import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'

/** Bases whose state has entries beyond their horizon. */
export async function takenEntries(): Promise<readonly Vector[]> {
  const player = new Player('taken entries')
  const start = player.now
  const idAt = (seconds: number) =>
    entryId(start + seconds * 1000, (count) => new Uint8Array(count))
  const [late, first, second, third] = [idAt(2), idAt(3), idAt(4), idAt(5)]
  const common = {
    identity: {
      sid: 'AAECAwQFBgcICQoLDA0ODw',
      start,
      generation: 0,
      from: [],
      subject: undefined,
    },
    expires: start + 1_800_000,
  }
  const horizon = idAt(0)
  const base = (id: string, serial: number, taken: readonly string[], n: number, a: string) => {
    const retired = taken.map(digestOf)
    const heads = taken.slice(-1)
    // What set the key stays, for its order.
    const ops = [{ kind: 'put' as const, path: 'a', value: a }]
    const entries = taken.includes(second) ? [{ id: second, ops }] : []
    const log = { since: horizon, parents: [], heads, retired, entries }
    return player.putFragment({
      ...{ ...common, kind: 'base', id, horizon, serial, memory: undefined },
      ...{ state: { n, a }, log },
    })
  }
  const delta = (id: string, by: number, a: string) =>
    player.putFragment({
      ...{ ...common, kind: 'log', id },
      log: {
        ...{ since: horizon, parents: [], heads: [id], retired: [] },
        entries: [
          {
            id,
            ops: [
              { kind: 'increment', path: 'n', by },
              { kind: 'put', path: 'a', value: a },
            ],
          },
        ],
      },
    })
  await base('baseOne0', 1, [first, second, third], 111, 'second')
  await base('baseTwo0', 5, [first], 1, 'first')
  await delta(first, 1, 'first')
  await delta(late, 1000, 'late')
  return [
    await player.vector(
      'The base that lacks less counts. What it has taken is done, and an older entry that came later counts.',
    ),
  ]
}

/** Bases that made one head of several; the ids of these joins are no entries. */
export async function joinedBases(): Promise<readonly Vector[]> {
  const player = new Player('joined bases')
  const start = player.now
  const idAt = (seconds: number) =>
    entryId(start + seconds * 1000, (count) => new Uint8Array(count))
  const sid = 'AAECAwQFBgcICQoLDA0ODw'
  const identity = { sid, start, generation: 0, from: [], subject: undefined }
  const horizon = idAt(0)
  const base = (id: string, serial: number, retired: readonly string[], n: number) =>
    player.putFragment({
      ...{ kind: 'base', id, identity, expires: start + 1_800_000, horizon, serial },
      ...{ memory: undefined, state: { n } },
      log: { since: horizon, parents: [], heads: [], retired, entries: [] },
    })
  const [first, second] = [idAt(3), idAt(4)].map(digestOf)
  const joins = ['x', 'y', 'z'].map((name) => digestOf(joinId(start + 4000, [name])))
  await base('baseOne0', 1, [first ?? '', second ?? ''], 11)
  await base('baseTwo0', 5, [first ?? '', ...joins], 1)
  return [await player.vector('A base that lacks nothing but joins lacks nothing.')]
}
