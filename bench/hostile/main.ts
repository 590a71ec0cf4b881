/** What somebody can make a node do with a Cookie header of up to 128 KB. Exits with 1 where a goal is missed. */
import { measureForks } from './forks.ts'
import { measureGarbage } from './garbage.ts'

const [only] = process.argv.slice(2)
const missed = [
  ...(only === 'forks' ? [] : await measureGarbage()),
  ...(only === 'garbage' ? [] : await measureForks()),
]
for (const what of missed) console.error(`\nMissed: ${what}`)
if (missed.length > 0) process.exitCode = 1
