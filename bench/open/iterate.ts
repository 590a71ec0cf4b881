/** What is measured, on Node and on workerd alike: the function with which the server opens a request. */

import { openView } from '../../src/opening/view.ts'
import { type ResolvedOptions, resolveOptions } from '../../src/options/resolve.ts'
import { type Material, SECRET } from './material.ts'

/** `again`: the views, after they were opened before. */
export type Mode = 'views' | 'apart' | 'singles' | 'again'

const remembering: ResolvedOptions = resolveOptions({ secrets: SECRET })
const forgetting: ResolvedOptions = { ...remembering, seen: undefined }

/** Opens `count` views, or four cookies `count` times. Returns how many fragments made it into a session. */
export async function iterate(
  { views, apart, singles }: Material,
  mode: Mode,
  count: number,
): Promise<number> {
  const options = mode === 'again' ? remembering : forgetting
  let fragments = 0
  const open = async (header: string): Promise<void> => {
    const { view } = await openView(header, options.cookies.secure, options, options.clock())
    fragments += view.current?.fragments.length ?? 0
  }
  const four = mode === 'apart' ? apart : singles
  for (let i = 0; i < count; i++) {
    if (mode === 'views' || mode === 'again') await open(views[i % views.length] ?? '')
    // All four at once, as the fragments of a view are opened.
    else await Promise.all((four[i % four.length] ?? []).map(open))
  }
  return fragments
}
