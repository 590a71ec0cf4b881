import { describe, expect, it } from 'vitest'
import { adaptersOf, violations } from './support/layering.ts'

const sources = Object.fromEntries(
  Object.entries(
    import.meta.glob('../src/**/*.ts', { query: '?raw', import: 'default', eager: true }),
  ).map(([path, text]) => [path.replace('../src/', ''), text]),
)
const manifest = JSON.parse(
  import.meta.glob('../package.json', { query: '?raw', import: 'default', eager: true })[
    '../package.json'
  ] ?? '{}',
)

describe('src', () => {
  const adapters = adaptersOf(manifest.exports)

  it('is read at all', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(0)
    expect(adapters).toEqual(
      expect.arrayContaining([
        'overflow/memory.ts',
        'overflow/unstorage.ts',
        'overflow/workers-kv.ts',
      ]),
    )
  })

  it('is layered: one way down, no way back up', () => {
    expect(violations({ sources, adapters })).toEqual([])
  })
})

describe('the layering check', () => {
  const leaves = {
    'index.ts': '',
    'hono.ts': '',
    'testing.ts': '',
    'errors.ts': '',
    'cli/main.ts': '',
    'session/open.ts': '',
    'session/close.ts': '',
    'revocation/check.ts': '',
    'overflow/claim.ts': '',
    'overflow/memory.ts': '',
    'overflow/workers-kv.ts': '',
    'overflow/unstorage.ts': '',
    'jar/merge.ts': '',
    'jar/diff.ts': '',
    'seal/jwe.ts': '',
    'codec/values.ts': '',
    'codec/claims.ts': '',
  }
  const adapters = ['overflow/memory.ts', 'overflow/workers-kv.ts', 'overflow/unstorage.ts']
  const check = (changed: Record<string, string>) =>
    violations({ sources: { ...leaves, ...changed }, adapters })

  it('is content with what is allowed', () => {
    expect(
      check({
        'index.ts':
          "export { open } from './session/open.ts'\nexport type { A } from './errors.ts'",
        'hono.ts': "import { setCookie } from 'hono/cookie'\nimport a from './session/open.ts'",
        'testing.ts': "import { b } from './index.ts'\nimport './overflow/memory.ts'",
        'cli/main.ts': "import { readFileSync } from 'node:fs'\nimport { b } from '../index.ts'",
        'session/open.ts': [
          "import type { StandardSchemaV1 } from '@standard-schema/spec'",
          "import { close } from './close.ts'",
          "import { merge } from '../jar/merge.ts'",
          "import { claim } from '../overflow/claim.ts'",
          "import { check } from '../revocation/check.ts'",
          "import { seal } from '../seal/jwe.ts'",
          "import { E } from '../errors.ts'",
        ].join('\n'),
        'overflow/memory.ts': "import type { OverflowStore } from './claim.ts'",
        'overflow/unstorage.ts': "import type { Storage } from 'unstorage'",
        'jar/merge.ts': "import { a } from '../codec/values.ts'\nimport { b } from './diff.ts'",
        'seal/jwe.ts': "import { CompactEncrypt } from 'jose'\nimport '../codec/claims.ts'",
      }),
    ).toEqual([])
  })

  it.each([
    ['codec/values.ts', '../seal/jwe.ts', 'above'],
    ['seal/jwe.ts', '../jar/merge.ts', 'above'],
    ['jar/merge.ts', '../session/open.ts', 'above'],
    ['session/open.ts', '../hono.ts', 'above'],
    ['hono.ts', './testing.ts', 'above'],
    ['index.ts', './cli/main.ts', 'above'],
    ['jar/merge.ts', '../overflow/claim.ts', 'beside'],
    ['overflow/claim.ts', '../jar/merge.ts', 'beside'],
    ['revocation/check.ts', '../overflow/claim.ts', 'beside'],
    ['overflow/claim.ts', '../revocation/check.ts', 'beside'],
    ['index.ts', './hono.ts', 'beside'],
  ])('reports %s importing %s', (file, specifier, where) => {
    const target = specifier.replace(/^\.\.?\//, '')
    expect(check({ [file]: `import { x } from '${specifier}'` })).toEqual([
      `${file} imports ${target}, which is ${where} it`,
    ])
  })

  it.each([
    ['overflow/memory.ts', './workers-kv.ts', 'overflow/workers-kv.ts'],
    ['overflow/claim.ts', './memory.ts', 'overflow/memory.ts'],
    ['session/open.ts', '../overflow/memory.ts', 'overflow/memory.ts'],
    ['index.ts', './overflow/memory.ts', 'overflow/memory.ts'],
  ])('reports %s importing the adapter %s', (file, specifier, adapter) => {
    expect(check({ [file]: `export * from '${specifier}'` })).toEqual([
      `${file} imports the adapter ${adapter}`,
    ])
  })

  it('reports errors.ts importing anything', () => {
    expect(check({ 'errors.ts': "import { x } from './codec/values.ts'" })).toEqual([
      'errors.ts imports codec/values.ts: errors.ts imports nothing',
    ])
    expect(check({ 'errors.ts': "import { x } from 'jose'" })).toEqual([
      'errors.ts may not import jose',
    ])
  })

  it.each([
    ['jar/merge.ts', 'jose'],
    ['session/open.ts', 'hono'],
    ['session/open.ts', 'hono/cookie'],
    ['overflow/claim.ts', 'unstorage'],
    ['hono.ts', '@standard-schema/spec'],
    ['seal/jwe.ts', 'node:crypto'],
    ['seal/jwe.ts', 'crypto'],
    ['overflow/workers-kv.ts', 'cloudflare:workers'],
    ['session/open.ts', 'carryon/memory'],
  ])('reports %s importing %s', (file, specifier) => {
    expect(check({ [file]: `import type { x } from '${specifier}'` })).toEqual([
      `${file} may not import ${specifier}`,
    ])
  })

  it.each([
    ['overflow/unstorage.ts', 'unstorage'],
    ['session/open.ts', '@standard-schema/spec'],
  ])('reports %s importing more than types from %s', (file, specifier) => {
    expect(check({ [file]: `import { type x } from '${specifier}'` })).toEqual([
      `${file} may import only types from ${specifier}`,
    ])
  })

  it.each([
    ["import x from 'node:fs'"],
    ["import x, { y } from 'node:fs'"],
    ["import * as x from 'node:fs'"],
    ["import {\n  x,\n  y as z,\n} from 'node:fs'"],
    ["import{x}from'node:fs'"],
    ["import 'node:fs'"],
    ["export * from 'node:fs'"],
    ["export * as fs from 'node:fs'"],
    ["export { x } from 'node:fs'"],
    ["const fs = await import('node:fs')"],
    ["let x: import('node:fs').Stats"],
    ["import type x from 'node:fs'"],
    ["export const a = 1\nimport { x } from 'node:fs'"],
    ["/* a */ import { x } from 'node:fs'"],
    ["export {}\nimport { x } from 'node:fs'"],
  ])('understands %j', (text) => {
    expect(check({ 'seal/jwe.ts': text })).toEqual(['seal/jwe.ts may not import node:fs'])
  })

  it('reports an import that it cannot read', () => {
    expect(check({ 'seal/jwe.ts': 'await import(name)' })).toEqual([
      'seal/jwe.ts may not import (something computed)',
    ])
  })

  it('ignores comments', () => {
    const text = "/**\n * import { x } from 'node:fs'\n */\n// import { y } from 'node:fs'\n"
    expect(check({ 'seal/jwe.ts': text })).toEqual([])
  })

  it('reports imports of what is not there', () => {
    expect(check({ 'seal/jwe.ts': "import { x } from './gone.ts'" })).toEqual([
      'seal/jwe.ts imports ./gone.ts, which is not a file of src',
    ])
    expect(check({ 'seal/jwe.ts': "import { x } from '../../demo/worker.ts'" })).toEqual([
      'seal/jwe.ts imports ../../demo/worker.ts, which is not a file of src',
    ])
  })

  it('reports cycles, those of types too, each once', () => {
    expect(
      check({
        'codec/values.ts': "import type { x } from './claims.ts'",
        'codec/claims.ts': "import { y } from './values.ts'",
      }),
    ).toEqual(['import cycle: codec/claims.ts → codec/values.ts → codec/claims.ts'])
    expect(check({ 'jar/diff.ts': "import { x } from './diff.ts'" })).toEqual([
      'import cycle: jar/diff.ts → jar/diff.ts',
    ])
  })

  it('reports files that are too long', () => {
    expect(check({ 'jar/diff.ts': '\n'.repeat(250) })).toEqual([])
    expect(check({ 'jar/diff.ts': '\n'.repeat(251) })).toEqual([
      'jar/diff.ts has 251 lines, more than 250',
    ])
  })

  it.each(['jar/utils.ts', 'codec/util.ts', 'seal/jwe-utils.ts', 'jar/utils/diff.ts'])(
    'reports the name %s',
    (file) => {
      expect(check({ [file]: '' })).toEqual([`${file} is named after nothing it does (utils)`])
    },
  )

  it('reports barrels', () => {
    expect(check({ 'jar/index.ts': '' })).toEqual([
      'jar/index.ts is a barrel: import the files themselves',
    ])
  })

  it.each(['helpers/x.ts', 'main.ts'])('reports %s, which has no place', (file) => {
    expect(check({ [file]: '' })).toEqual([`${file} belongs to no layer`])
  })

  it('learns the adapters from package.json', () => {
    expect(
      adaptersOf({
        '.': { types: './dist/index.d.ts', default: './dist/index.js' },
        './memory': { types: './dist/overflow/memory.d.ts', default: './dist/overflow/memory.js' },
        './package.json': './package.json',
      }),
    ).toEqual(['overflow/memory.ts'])
  })
})
