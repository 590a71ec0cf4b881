/**
 * For the tests of apps: a browser with a strict cookie jar, cookies for given data, and a store with faults.
 *
 * @module
 */
export {
  Browser,
  type BrowserOptions,
  type Fetch,
  type HeldAnswer,
  type TestedApp,
} from './browser.ts'
export { BrowserJar, type BrowserJarOptions, type StoredCookie } from './browser-jar.ts'
export {
  cookieHeader,
  type PlaywrightCookie,
  type PlaywrightState,
  storageState,
} from './cookies.ts'
export {
  type FaultCall,
  type FaultCounts,
  type FaultPlan,
  type FaultyStore,
  faultyStore,
  type GetFault,
  InjectedFault,
  type PutFault,
} from './faulty-store.ts'
export type { ParsedCookie } from './set-cookie.ts'
