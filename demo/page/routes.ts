/**
 * The page: some static files as text, so that workerd and Node serve them alike, without a build.
 */

import { Hono } from 'hono'
import { markup } from './markup.ts'
import { script } from './script.ts'
import { state } from './state.ts'
import { story } from './story.ts'
import { style } from './style.ts'
import { view } from './view.ts'
import { widgets } from './widgets.ts'

/** Nothing from elsewhere, nothing inline. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const page = new Hono()

page.get('/', (c) => c.html(markup, 200, { 'content-security-policy': POLICY }))
page.get('/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
for (const [path, text] of [
  ['/script.js', script],
  ['/state.js', state],
  ['/story.js', story],
  ['/view.js', view],
  ['/widgets.js', widgets],
] as const) {
  page.get(path, (c) => c.body(text, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
}
