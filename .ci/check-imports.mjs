// Imports every entry of the built package under its public name, on the Node that runs this.
import { readFileSync } from 'node:fs'

const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
for (const entry of Object.keys(exports)) {
  if (entry === './package.json') continue
  const names = Object.keys(await import(name + entry.slice(1)))
  console.log(`${name + entry.slice(1)} on Node ${process.versions.node}: ${names.join(', ')}`)
}
