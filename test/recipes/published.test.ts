import { expect, test } from 'vitest'

const pages = import.meta.glob('../../docs/recipes/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const examples = import.meta.glob('./token-refresh.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** An example as an app would write it. */
const published = (text: string): string =>
  text
    .replace("'../../src/index.ts'", "'carryon'")
    .replace(/'\.\.\/\.\.\/src\/([\w-]+)\.ts'/g, "'carryon/$1'")
    .trim()

test('the recipe shows the code that is tested', () => {
  const page = pages['../../docs/recipes/token-refresh.md'] ?? ''
  const code = published(examples['./token-refresh.ts'] ?? expect.fail())
  expect([...page.matchAll(/^```ts\n(.*?)\n```$/gms)].map(([, block]) => block)).toEqual([code])
})
