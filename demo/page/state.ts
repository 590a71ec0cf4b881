/** What the page knows, and how it asks. The browser runs this text as an ES module. */
export const state: string = /* js */ `
import { addDot, colour } from '/widgets.js'

// The newest answers. The cluster is null where there is none: deployed, or under wrangler dev.
export const known = { session: undefined, cluster: undefined, lastNode: undefined }

export async function send(method, path) {
  let answer
  try {
    const response = await fetch(path, { method })
    const body = await response.json().catch(() => ({}))
    answer = { node: response.headers.get('x-node'), status: response.status, ok: response.ok, body }
  } catch {
    answer = { node: null, status: 0, ok: false, body: { error: 'Nothing listens here any more. Was it stopped?' } }
  }
  if (!path.startsWith('/__cluster/')) {
    if (known.cluster === undefined) await discover(answer) // Before the first dot: nodes have colours in their order.
    addDot(answer.node, answer.status === 502 || !answer.node)
    if (answer.node) known.lastNode = answer.node
  }
  return answer
}

async function discover({ ok, body }) {
  if (!ok || body.cluster) return askCluster()
  known.cluster = null
}

export async function askCluster() {
  if (known.cluster === null) return
  const { ok, body } = await send('GET', '/__cluster/nodes')
  if (!ok) return
  known.cluster = body
  for (const { name } of body.nodes) colour(name)
}

let asked = 0
let newest = 0

export async function askSession() {
  const turn = ++asked
  const answer = await send('GET', '/api/session')
  if (answer.ok && turn > newest) { // Answers overtake each other.
    newest = turn
    known.session = answer.body
  }
  return answer
}
`
