/** The story in three steps. The browser runs this text as an ES module. */
export const story: string = /* js */ `
import { known, send } from '/state.js'
import { refresh, refreshCluster } from '/view.js'
import { $, cells, complain, grouped, nodeWord, say } from '/widgets.js'

const WRITES = 20
const TABS = 6
/** So long is each write under way: all of them have begun before the first is answered. */
const WRITE_MS = 300
const SLOW_MS = 2000

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const listed = (names) => names.flatMap((name, i) => [i === 0 ? '' : i === names.length - 1 ? ' and ' : ', ', nodeWord(name)])

/** Shows what came out, for both sessions: good, bad, or nothing yet. */
function result(step, ours, theirs) {
  for (const [id, told] of [[step + '-ours', ours], [step + '-theirs', theirs]]) {
    $(id).textContent = told?.text ?? '…'
    $(id).className = told ? (told.good ? 'good' : 'bad') : ''
  }
}

const failedOf = (answers) => answers.find(({ ok }) => !ok)

/** Sends one request to each of the two sessions. */
const both = (method, path) => Promise.all([send(method, '/api' + path), send(method, '/ordinary' + path)])

// ---- 1. Writes from six tabs

export async function writeAtOnce() {
  const begun = failedOf(await both('POST', '/story'))
  if (begun) return complain(begun)
  result('tabs')
  cells($('tabs-ours-cells'), WRITES, TABS, [])
  cells($('tabs-theirs-cells'), WRITES, TABS, [])
  say([grouped(WRITES) + ' writes to each session are under way …'])
  const numbers = Array.from({ length: WRITES }, (_, i) => i)
  const pairs = await Promise.all(numbers.map((n) => both('POST', '/story/' + n + '?delay=' + WRITE_MS)))
  const read = await refresh()
  const theirs = await send('GET', '/ordinary/session')
  const failed = failedOf([...pairs.flat(), read, theirs])
  if (failed) return complain(failed)
  const kept = [read.body.story, theirs.body.story]
  const told = (numbers) => ({ text: numbers.length + ' of ' + WRITES + ' kept', good: numbers.length === WRITES })
  cells($('tabs-ours-cells'), WRITES, TABS, kept[0])
  cells($('tabs-theirs-cells'), WRITES, TABS, kept[1])
  result('tabs', told(kept[0]), told(kept[1]))
  const nodes = [...new Set(pairs.map(([{ node }]) => node).filter(Boolean))]
  say(['carryon kept ' + kept[0].length + ' of ' + WRITES + ' writes that went through ', ...listed(nodes), ' at once. The ordinary cookie session kept ' + kept[1].length + ': each answer replaced the whole cookie.'], { node: read.node, bad: kept[0].length !== WRITES })
}

// ---- 2. A slow answer after a logout

export async function logOutMeanwhile() {
  const before = await refresh()
  if (!before.ok) return complain(before)
  const logins = await Promise.all([
    before.body.user ? before : send('POST', '/api/login?name=Ada'),
    send('POST', '/ordinary/login'),
  ])
  const unknown = failedOf(logins)
  if (unknown) return complain(unknown)
  await refresh()
  result('late')
  say(['Ada is logged in, and a slow write of hers is under way …'])
  const timed = (answer) => ({ ...answer, at: performance.now() })
  const slow = Promise.all([
    send('POST', '/api/cart/books?delay=' + SLOW_MS).then(timed),
    send('POST', '/ordinary/story/1?delay=' + SLOW_MS).then(timed),
  ])
  await wait(SLOW_MS / 8) // By then a node has read the session.
  const logouts = await both('POST', '/logout')
  const loggedOutAt = performance.now()
  await refresh()
  const [logout] = logouts
  if (logout.ok) say([nodeWord(logout.node), ' has logged Ada out. The slow write will be answered soon …'], { node: logout.node })
  const late = await slow
  const read = await refresh()
  const theirs = await send('GET', '/ordinary/session')
  const failed = failedOf([...logouts, ...late, read, theirs])
  if (failed) return complain(failed)
  if (late.some(({ at }) => at < loggedOutAt)) return say(['The slow write was answered before the logout was. Try again.'], { bad: true })
  const told = ({ body: { user } }) => ({ text: user === null ? 'still out' : 'in again', good: user === null })
  result('late', told(read), told(theirs))
  const seconds = ((late[0].at - loggedOutAt) / 1000).toFixed(1)
  const after = [nodeWord(logout.node), ' logged Ada out. ' + seconds + ' s later ', nodeWord(late[0].node), ' answered a write that had begun before. ']
  const other = theirs.body.user === null ? '' : ' In the ordinary session she is logged in again.'
  const bad = read.body.user !== null
  say([...after, nodeWord(read.node), bad ? ' finds Ada logged in again.' : ' was asked after that: still logged out.', other], { node: read.node, bad })
}

// ---- 3. Kill the node that serves you

export async function killMine() {
  // Something to lose, and a node that has just written it.
  const written = await send('POST', '/api/increment/hits')
  if (!written.ok) return complain(written)
  const before = await refresh()
  if (!before.ok) return complain(before)
  const name = before.node
  const { pid } = known.cluster.nodes.find((node) => node.name === name)
  $('kill-before').textContent = name + ', counter ' + grouped(before.body.hits)
  $('kill-after').textContent = '…'
  const killed = await send('POST', '/__cluster/kill/' + name)
  await refreshCluster()
  if (!killed.ok) return complain({ ...killed, status: 0 })
  const next = await send('POST', '/api/increment/hits')
  const read = await refresh()
  const failed = failedOf([next, read])
  if (failed) {
    $('kill-after').textContent = next.status === 503 ? 'no node is left' : '–'
    return complain(failed)
  }
  const { id, hits } = read.body
  const good = id === before.body.id && hits === before.body.hits + 1
  $('kill-after').textContent = next.node + ', counter ' + grouped(hits)
  $('kill-after').className = good ? 'good' : 'bad'
  say([nodeWord(name), ' got SIGKILL (process ' + pid + '). ', nodeWord(next.node), good ? ' went on with the same session: from ' : ' has another session: from ', grouped(before.body.hits) + ' to ' + grouped(hits) + '.'], { node: next.node, bad: !good })
}
`
