import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorage } from 'unstorage'
import fsDriver from 'unstorage/drivers/fs'
import fsLiteDriver from 'unstorage/drivers/fs-lite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { unstorageStore } from '../../src/stores/unstorage.ts'
import { freshKey, storeContract } from '../stores/contract.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'carryon-fs-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

for (const [name, makeDriver] of [
  ['fs', fsDriver],
  ['fs-lite', fsLiteDriver],
] as const) {
  storeContract(`unstorageStore on the ${name} driver`, async () => {
    const base = await temporaryFolder()
    let now = 1_800_000_000_000
    const clock = () => now
    const node = () => unstorageStore(createStorage({ driver: makeDriver({ base }) }), { clock })
    return {
      store: node(),
      otherNode: node(),
      advance: (seconds) => {
        now += seconds * 1000
      },
    }
  })
}

describe('unstorageStore on the fs driver', () => {
  test('keeps each value in a file of its own in the folder carryon, for a sweeper to find', async () => {
    const base = await temporaryFolder()
    const store = unstorageStore(createStorage({ driver: fsDriver({ base }) }))
    const key = freshKey()
    await store.put(key, 'value', 60)
    expect(await readdir(join(base, 'carryon'))).toEqual([key])
    expect(await readFile(join(base, 'carryon', key), 'utf8')).toMatch(/^carryon1\.\d{10}\.value$/)
  })

  test('takes a swept file for a miss', async () => {
    const base = await temporaryFolder()
    const store = unstorageStore(createStorage({ driver: fsDriver({ base }) }))
    const key = freshKey()
    await store.put(key, 'value', 60)
    await rm(join(base, 'carryon', key))
    expect(await store.get(key)).toBe(undefined)
  })

  test('takes a folder that is not one for an outage, not for a miss', async () => {
    const base = await temporaryFolder()
    const storage = createStorage({ driver: fsDriver({ base }) })
    await unstorageStore(storage).put('file', 'value', 60)
    // A path through a file fails for root as well, which a permission would not.
    const store = unstorageStore(storage, { prefix: 'carryon:file:' })
    await expect(store.get('key')).rejects.toThrow('ENOTDIR')
    await expect(store.put('key', 'value', 60)).rejects.toThrow('ENOTDIR')
  })
})
