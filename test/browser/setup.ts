/** One cluster and one Chromium for all files; nothing of them outlives the run. */
import type { BrowserServer } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { type Cluster, startCluster } from '../../demo/cluster/cluster.ts'
import { launchChromium } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster's balancer. */
    clusterUrl: string
    /** Where Chromium can be driven. */
    browserEndpoint: string
  }
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
