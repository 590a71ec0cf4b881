/** Another site than the shop's, as 127.0.0.1 is to localhost: it links, it posts, and it knows who you are. */
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { html, listen, Meeting } from './listen.ts'

export interface OtherSite {
  readonly url: string
  /** A page with a button that posts a form there, with the name of a user. */
  form(to: string): string
  /** A page with a link to there. */
  link(to: string): string
  close(): Promise<void>
}

function appOf(): Hono {
  const app = new Hono()
  const meeting = new Meeting()
  app.get('/form', (c) => {
    const name = '<input type="hidden" name="name" value="Mallory">'
    const { to = '' } = c.req.query()
    return c.html(html(`<form method="post" action="${to}">${name}<button>Go</button></form>`))
  })
  app.get('/link', (c) => c.html(html(`<a href="${c.req.query('to')}">Go</a>`)))
  // OAuth 2.0, as far as a client notices: RFC 6749 section 4.1.
  app.get('/authorize', async (c) => {
    const { state = '', back = '', together = '1', ask } = c.req.query()
    await meeting.join(Number(together))
    const to = `${back}?state=${encodeURIComponent(state)}&code=ok`
    return ask === undefined ? c.redirect(to, 302) : c.html(html(`<a href="${to}">Allow</a>`))
  })
  return app
}

export async function startOtherSite(): Promise<OtherSite> {
  const { port, close } = await listen(getRequestListener(appOf().fetch))
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    form: (to) => `${url}/form?to=${encodeURIComponent(to)}`,
    link: (to) => `${url}/link?to=${encodeURIComponent(to)}`,
    close,
  }
}
