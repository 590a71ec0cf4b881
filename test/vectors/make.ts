/**
 * Writes the vectors of the current wire format that are not there yet: `node test/vectors/make.ts`. Files that
 * exist stay, since they are frozen for ever. New examples go into new files.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { FORMAT_VERSION } from '../../src/log/format/claims.ts'
import { scenes } from './scenes/index.ts'

const folder = new URL(`format-${FORMAT_VERSION}/`, import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [name, play] of Object.entries(scenes)) {
  const file = new URL(`${name}.json`, folder)
  if (existsSync(file)) continue
  const vectors = await play()
  writeFileSync(file, `${JSON.stringify(vectors, null, 2)}\n`)
  console.log(`${name}.json: ${vectors.length} vectors`)
}
