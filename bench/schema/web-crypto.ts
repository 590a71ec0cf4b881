/** Hides `node:crypto`, so that cookies are opened with WebCrypto, as on Workers. To be loaded before all else. */
Reflect.set(process, 'getBuiltinModule', undefined)
