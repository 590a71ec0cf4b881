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
  }
}
