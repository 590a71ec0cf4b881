/** One cluster and one Chromium for all files; nothing of them outlives the run. */
import { type BrowserServer, chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { type Cluster, startCluster } from '../../demo/cluster/cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster's balancer. */
    clusterUrl: string
    /** Where Chromium can be driven. */
    browserEndpoint: string
  }
}

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

function launchChromium(): Promise<BrowserServer> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
  return chromium.launchServer({ executablePath, args: ARGS, host: '127.0.0.1', timeout: 60_000 })
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Cluster | undefined
  let browser: BrowserServer | undefined
  const teardown = async () => {
    await Promise.all([cluster?.close(), browser?.kill()])
  }
  try {
    cluster = await startCluster()
    browser = await launchChromium()
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('clusterUrl', cluster.url)
  project.provide('browserEndpoint', browser.wsEndpoint())
  return teardown
}
