/** The simulator in a real Chromium, from one folder on the disk and without a network. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildSimulator } from '../../demo/simulator/build.ts'
import { openTab, type Tab } from './tab.ts'

/** 200 KB. */
const MOST_BYTES = 200 * 1024

let folder: string
let bytes: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carryon-simulator-'))
  bytes = await buildSimulator(folder)
})
afterAll(() => rm(folder, { recursive: true }))

async function open(query: string): Promise<Tab> {
  const tab = await openTab(`${pathToFileURL(join(folder, 'index.html'))}?${query}`)
  await tab.context.setOffline(true)
  await tab.shows('says', /^A film of seed/)
  return tab
}

it(`takes less than ${MOST_BYTES} bytes`, () => {
  expect(bytes).toBeLessThan(MOST_BYTES)
})

it('counts what one cookie loses, and that carryon loses nothing', async () => {
  const tab = await open('seed=7&latencyMs=200&jitterMs=400&dropPercent=5&skewSeconds=5')
  await tab.shows('theirs', /^\d\d lost$/)
  await tab.shows('ours', '0 lost')
  await tab.shows('jar', /cookies of carryon, \d+ bytes/)
  expect(tab.errors).toEqual([])
})

it('shows a logout that a late answer undoes in one cookie, and not in carryon', async () => {
  const tab = await open('seed=3&latencyMs=50&jitterMs=0')
  await tab.shows('ours-user', 'Ada is logged in')
  await tab.click('#logout')
  await tab.shows('theirs-user', 'logged in again by a late answer')
  await tab.shows('ours-user', 'logged out')
  await tab.click('#login')
  await tab.shows('ours-user', 'Ada is logged in')
  await tab.shows('ours', '0 lost')
  expect(tab.errors).toEqual([])
})

it('goes on while three nodes are dead, stops, and begins again with what is set', async () => {
  const tab = await open('seed=5')
  for (const name of ['node-1', 'node-2', 'node-3']) {
    await tab.page.getByRole('button', { name: `Kill ${name}` }).press('Enter')
    await tab.shows('says', `${name} is dead. The others go on.`)
  }
  const before = Number(await tab.page.textContent('#acknowledged'))
  await expect
    .poll(async () => Number(await tab.page.textContent('#acknowledged')))
    .toBeGreaterThan(before + 5)
  await tab.page.getByRole('button', { name: 'Bring back node-2' }).click()
  await tab.shows('says', 'node-2 is back, with an empty memory.')
  await tab.click('#pause')
  await tab.shows('says', 'Time stands still.')
  await tab.click('#pause')
  await tab.shows('says', 'Time goes on.')
  await tab.shows('ours', '0 lost')

  await tab.click('#next')
  await tab.shows('says', 'A new film, of seed 6.')
  expect(new URL(tab.page.url()).searchParams.get('seed')).toBe('6')
  const labels = ['Latency, each way', 'Answers overtake', 'Answers that are lost', 'Clocks of two']
  for (const label of labels) await tab.page.getByLabel(label).press('ArrowRight')
  expect(new URL(tab.page.url()).search).toBe(
    '?seed=6&latencyMs=350&jitterMs=650&dropPercent=1&skewSeconds=1',
  )
  await tab.page.getByRole('button', { name: 'Kill node-4 (+1 s)' }).waitFor()
  await tab.click('#restart')
  await tab.shows('says', 'A new film, of seed 6.')
  expect(tab.errors).toEqual([])
})
