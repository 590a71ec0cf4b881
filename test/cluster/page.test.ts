import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { markup } from '../../demo/page/markup.ts'
import { page } from '../../demo/page/routes.ts'
import { script } from '../../demo/page/script.ts'
import { state } from '../../demo/page/state.ts'
import { story } from '../../demo/page/story.ts'
import { style } from '../../demo/page/style.ts'
import { view } from '../../demo/page/view.ts'
import { widgets } from '../../demo/page/widgets.ts'

// The page is text to TypeScript, so this is all that looks at it before a browser does.
describe('the page', () => {
  it.each([
    ['script', script, 'js'],
    ['state', state, 'js'],
    ['story', story, 'js'],
    ['view', view, 'js'],
    ['widgets', widgets, 'js'],
    ['style', style, 'css'],
  ] as const)('has a %s without syntax errors', async (_, text, loader) => {
    expect((await transform(text, { loader, logLevel: 'silent' })).warnings).toEqual([])
  })

  it('has every element that the script asks for', () => {
    const ids = [...(script + story + view + widgets).matchAll(/\$\('([\w-]+)'\)/g)].map(
      ([, id]) => id,
    )
    expect(ids.length).toBeGreaterThan(10)
    for (const id of ids) expect(markup).toContain(`id="${id}"`)
  })

  it('loads nothing from elsewhere, and serves what it loads', async () => {
    const links = [...markup.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link)
    for (const link of links.filter((one) => !one.startsWith('data:'))) {
      expect((await page.request(link)).status, link).toBe(200)
    }
    const policy = (await page.request('/')).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'self'")
  })
})
