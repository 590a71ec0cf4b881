/** The real Chromium, headless and driven over a socket. */
import { type BrowserServer, chromium } from 'playwright-core'

/** A name that is not this machine's to the library, so that its cookies are Secure. */
export const PUBLIC_HOST = 'carryon.test'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-proxy-server',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${PUBLIC_HOST} 127.0.0.1`,
]

export function launchChromium(): Promise<BrowserServer> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
  return chromium.launchServer({ executablePath, args: ARGS, host: '127.0.0.1', timeout: 60_000 })
}
