/** The Worker of the workerd tests: what its bindings need. */
export { RevocationObject } from '../../src/stores/durable-object.ts'

export default {
  fetch: (): Response => new Response('This Worker is for tests.'),
}
