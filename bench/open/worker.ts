/** Runs on workerd. Its clock stands still while it computes, so the time is taken from outside. */
import { iterate, type Mode } from './iterate.ts'
import type { Material } from './material.ts'

const materials: Material[] = []

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/add') {
      const length = materials.push((await request.json()) as Material)
      return new Response(String(length - 1))
    }
    const material = materials[Number(searchParams.get('material'))]
    if (!material) return new Response('no such material', { status: 404 })
    const mode = searchParams.get('mode') as Mode
    const count = Number(searchParams.get('count'))
    return new Response(String(await iterate(material, mode, count)))
  },
}
