import { Browser } from '../../src/testing/browser.ts'

/** A browser at an app on this machine. */
export function visitor(app: { request(request: Request): Response | Promise<Response> }) {
  const browser = new Browser('http://localhost', { app: (request) => app.request(request) })
  return (path: string, init?: RequestInit): Promise<Response> => browser.fetch(path, init)
}
