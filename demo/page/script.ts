/** What a click on the page does. The browser runs this text as an ES module. */
export const script: string = /* js */ `
import { known, send } from '/state.js'
import { poll, refresh, refreshCluster } from '/view.js'
import { $, grouped, isAble, nodeWord, say } from '/widgets.js'

const SLOW_MS = 2000

// ---- One request that writes, one that reads, one sentence about both

async function act(method, path, tell) {
  const written = await send(method, path)
  const read = await refresh()
  if (!written.ok) return complain(written)
  if (!read.ok) return complain(read)
  say([...tell(written.body), ' ', nodeWord(read.node), ' read it back from your cookies.'], { node: read.node })
}

function complain({ node, status, body }) {
  const parts =
    status === 502 ? [nodeWord(node), ' died while it worked on this. Nothing of it reached your cookies, so nothing half-done is left. Try again.']
    : status === 503 && !node ? ['No node is alive. Your session waits in your cookies: bring any node back.']
    : body.code === 'ERR_OVERFLOW_UNAVAILABLE' ? [nodeWord(node), ' could not reach the store, and your session is as it was. Bring the store back, and try again.']
    : status === 431 ? ['Your Cookie header has outgrown what the servers take. The session is in it still: the cookies have to shrink first.']
    : status === 413 ? [nodeWord(node), ' refused, and your session is as it was. Too big: ' + body.largest[0].key + ', with ' + grouped(body.largest[0].bytes) + ' bytes.']
    : [...(node ? [nodeWord(node), ' says: '] : []), body.error ?? 'Status ' + status + '.']
  say(parts, { node, bad: true })
}

const changeCart = (sku, by) =>
  act('POST', '/api/cart/' + sku + '?by=' + by, ({ node }) => [nodeWord(node), by > 0 ? ' put ' + sku + ' in.' : ' took ' + sku + ' out.'])

const logIn = () => act('POST', '/api/login?name=Ada', ({ node }) => [nodeWord(node), ' logged Ada in, under a new session id.'])

async function logOut() {
  const written = await send('POST', '/api/logout')
  await refresh()
  if (!written.ok) return complain(written)
  say([nodeWord(written.node), ' ended the session. It stays ended on every node.'], { node: written.node })
}

const signOut = (id) =>
  act('DELETE', '/api/devices/' + id, ({ node }) => [nodeWord(node), id === 'others' ? ' signed out all other devices.' : ' signed that device out.', ' Within seconds every node refuses its cookies, and each copy of them.'])

// ---- Many at once

/**
 * The newest state. Before a burst there has to be a session: requests without any cookie would begin one each, and
 * the browser keeps one of them.
 */
async function ready(times) {
  const read = await refresh()
  if (!read.ok || times === 1 || !read.body.isNew) return read
  const begun = await send('POST', '/api/session')
  return begun.ok ? { ...(await refresh()), begunBy: begun.node } : begun
}

async function count(key, times) {
  const before = await ready(times)
  if (!before.ok) return complain(before)
  const path = key === 'hits' ? '/api/increment/hits' : '/api/increment'
  const answers = await Promise.all(Array.from({ length: times }, () => send('POST', path)))
  const read = await refresh()
  if (!read.ok) return complain(read)
  const sent = answers.filter(({ ok }) => ok).length
  if (sent === 0) return complain(answers[0])
  const nodes = [...new Set(answers.map(({ node }) => node).filter(Boolean))]
  const counted = read.body[key] - before.body[key]
  const who = nodes.flatMap((name, i) => [i === 0 ? '' : i === nodes.length - 1 ? ' and ' : ', ', nodeWord(name)])
  const begun = before.begunBy ? [nodeWord(before.begunBy), ' began your session first. Then '] : []
  const result = times === 1
    ? [...who, ' counted on: ' + grouped(read.body[key]) + '. ']
    : [...begun, grouped(sent) + ' at once, through ', ...who, ': ' + grouped(counted) + ' counted. ']
  const hint = key === 'count' && counted < sent ? ['Requests that read the same number write the same next one; increment() says "one more" instead.'] : [nodeWord(read.node), ' read it back from your cookies.']
  say([...result, ...hint], { node: read.node, bad: key === 'hits' && counted !== sent })
}

// ---- A slow answer after a logout

async function logOutMeanwhile() {
  const before = await refresh()
  if (!before.ok) return complain(before)
  if (!before.body.user) {
    const login = await send('POST', '/api/login?name=Ada')
    if (!login.ok) return complain(login)
    await refresh()
  }
  say(['Ada is logged in, and a slow write of hers is under way …'])
  const slow = send('POST', '/api/cart/books?delay=' + SLOW_MS).then((answer) => ({ ...answer, at: performance.now() }))
  await new Promise((resolve) => setTimeout(resolve, SLOW_MS / 8)) // By then a node has read the session.
  const logout = await send('POST', '/api/logout')
  const loggedOutAt = performance.now()
  await refresh()
  if (logout.ok) say([nodeWord(logout.node), ' has logged Ada out. The slow write will be answered soon …'], { node: logout.node })
  const late = await slow
  const read = await refresh()
  const failed = [logout, late, read].find(({ ok }) => !ok)
  if (failed) return complain(failed)
  if (late.at < loggedOutAt) return say(['The slow write was answered before the logout was. Try again.'], { bad: true })
  const seconds = ((late.at - loggedOutAt) / 1000).toFixed(1)
  const after = [nodeWord(logout.node), ' logged Ada out. ' + seconds + ' s later ', nodeWord(late.node), ' answered a write that had begun before. ']
  const bad = read.body.user !== null
  say([...after, nodeWord(read.node), bad ? ' finds Ada logged in again.' : ' was asked after that: still logged out.'], { node: read.node, bad })
}

// ---- Killing nodes and bringing them back

const find = (name) => [...known.cluster.nodes, known.cluster.store].find((node) => node.name === name)

async function kill({ name, pid }) {
  const { ok, body } = await send('POST', '/__cluster/kill/' + name)
  await refreshCluster()
  if (!ok) return complain({ status: 0, body })
  const left = known.cluster.nodes.filter(({ state }) => state === 'up').length
  const next = name === 'store'
    ? ['What fits into cookies goes on without it.']
    : left === 0 ? ['It was the last one. Your session is still in your cookies: bring any node back.']
    : ['Click anything: the other ' + (left === 1 ? 'one goes' : left + ' go') + ' on with your session.']
  say([name === 'store' ? 'The store' : nodeWord(name), ' got SIGKILL (process ' + pid + '). ', ...next], { node: name === 'store' ? undefined : name, bad: true })
}

async function start({ name }) {
  const starting = send('POST', '/__cluster/start/' + name)
  setTimeout(refreshCluster, 50)
  const { ok, body } = await starting
  const read = await refresh()
  if (!ok) return complain({ status: 0, body })
  const { pid } = find(name)
  say([name === 'store' ? 'The store' : nodeWord(name), ' is back as process ' + pid + (name === 'store' ? ', with everything that was checked in.' : ', with an empty memory. It can serve your session at once.')], { node: read.node })
}

async function all(verb, state, sentence) {
  const names = known.cluster.nodes.filter((node) => node.state === state).map(({ name }) => name)
  const sent = Promise.all(names.map((name) => send('POST', '/__cluster/' + verb + '/' + name)))
  setTimeout(refreshCluster, 50)
  const failed = (await sent).find(({ ok }) => !ok)
  if (verb === 'start') await refresh()
  else await refreshCluster()
  if (failed) complain({ status: 0, body: failed.body })
  else say([sentence], { node: known.lastNode, bad: verb === 'kill' })
}

// ---- Wiring

function onClick(id, selector, act) {
  $(id).addEventListener('click', ({ target }) => {
    const button = target.closest(selector)
    if (button && isAble(button)) act(button)
  })
}

/** Further calls while it runs are the same one. */
function once(run) {
  let running
  return () => (running ??= run().finally(() => { running = undefined }))
}

let counting = Promise.resolve()

onClick('session', '#login', logIn)
onClick('session', '#logout', logOut)
onClick('session', '#late', once(logOutMeanwhile))
onClick('session', '#others', () => signOut('others'))
onClick('session', '[data-device]', ({ dataset }) => signOut(dataset.device))
onClick('session', '[data-sku]', ({ dataset }) => changeCart(dataset.sku, Number(dataset.by)))
onClick('session', '[data-count]', ({ dataset: { count: key, times } }) => {
  const run = () => count(key, Number(times))
  counting = counting.then(run, run) // In turn, so that each burst counts its own.
})
onClick('session', '[data-big]', ({ dataset: { big } }) =>
  act('POST', '/api/big?bytes=' + big, ({ node }) => [nodeWord(node), ' checked ' + grouped(big) + ' bytes in with the store; your cookie carries the claim check.']))
onClick('session', '#drop', () => act('DELETE', '/api/big', ({ node }) => [nodeWord(node), ' took it out.']))
onClick('nodes', '[data-node]', ({ dataset }) => {
  const node = find(dataset.node)
  return node.state === 'down' ? start(node) : kill(node)
})
onClick('all', '#kill-all', () => all('kill', 'up', 'Every node got SIGKILL. Your session is still in your cookies: bring any node back, or all.'))
onClick('all', '#start-all', () => all('start', 'down', 'The nodes are back, with empty memories, and your session goes on.'))

setInterval(() => {
  if (known.cluster && !document.hidden) poll()
}, 3000)

// Another tab has the same cookies, and may have logged in or out.
const lookAgain = once(async () => {
  if (!document.hidden) await refresh()
})
addEventListener('focus', lookAgain)
document.addEventListener('visibilitychange', lookAgain)

say(['Loading …'])
const first = await refresh()
if (first.ok) say([nodeWord(first.node), first.body.isNew ? ' answered first. You have no session yet: put something into the cart.' : ' answered first, and knows you from your cookies alone.'], { node: first.node })
else complain(first)
`
