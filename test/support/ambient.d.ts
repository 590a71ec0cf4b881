// What the test runners add to the language, and no more: the types of Workers would collide with
// those of the DOM if they were global.

interface ImportMeta {
  glob(
    pattern: string | readonly string[],
    options: { query: '?raw'; import: 'default'; eager: true },
  ): Record<string, string>
}

declare module 'cloudflare:workers' {
  /** The bindings of the `workerd` project in vitest.config.ts. */
  export const env: {
    readonly SESSIONS: import('@cloudflare/workers-types').KVNamespace
    readonly REVOCATIONS: import('@cloudflare/workers-types').DurableObjectNamespace
  }
}

declare module 'cloudflare:test' {
  /** Takes an object out of memory, as the platform does with one that nobody uses. What it stored stays. */
  export function evictDurableObject(stub: object): Promise<void>
  /** Ends all objects at once, in the middle of what they do. */
  export function abortAllDurableObjects(): Promise<void>
  /** Runs the alarm of an object now, if it has one. */
  export function runDurableObjectAlarm(stub: object): Promise<boolean>
  /** Runs a function inside of an object. */
  export function runInDurableObject<R>(
    stub: object,
    fn: (
      instance: object,
      state: import('../../src/stores/durable-object.ts').DurableObjectStateLike,
    ) => R | Promise<R>,
  ): Promise<R>
}
