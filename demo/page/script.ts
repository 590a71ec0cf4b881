/** What a click on the page does. The browser runs this text as an ES module. */
export const script: string = /* js */ `
import { known, send } from '/state.js'
import { killMine, logOutMeanwhile, writeAtOnce } from '/story.js'
import { poll, refresh, refreshCluster } from '/view.js'
import { $, complain, grouped, isAble, nodeWord, say } from '/widgets.js'

// ---- One request that writes, one that reads, one sentence about both

async function act(method, path, tell) {
  const written = await send(method, path)
  const read = await refresh()
  if (!written.ok) return complain(written)
  if (!read.ok) return complain(read)
  say([...tell(written.body), ' ', nodeWord(read.node), ' read it back from your cookies.'], { node: read.node })
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

async function count(times) {
  const before = await ready(times)
  if (!before.ok) return complain(before)
  const answers = await Promise.all(Array.from({ length: times }, () => send('POST', '/api/increment/hits')))
  const read = await refresh()
  if (!read.ok) return complain(read)
  const sent = answers.filter(({ ok }) => ok).length
  if (sent === 0) return complain(answers[0])
  const nodes = [...new Set(answers.map(({ node }) => node).filter(Boolean))]
  const counted = read.body.hits - before.body.hits
  const who = nodes.flatMap((name, i) => [i === 0 ? '' : i === nodes.length - 1 ? ' and ' : ', ', nodeWord(name)])
  const begun = before.begunBy ? [nodeWord(before.begunBy), ' began your session first. Then '] : []
  const result = times === 1
    ? [...who, ' counted on: ' + grouped(read.body.hits) + '. ']
    : [...begun, grouped(sent) + ' at once, through ', ...who, ': ' + grouped(counted) + ' counted. ']
  say([...result, nodeWord(read.node), ' read it back from your cookies.'], { node: read.node, bad: counted !== sent })
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

onClick('story', '#tabs', once(writeAtOnce))
onClick('story', '#late', once(logOutMeanwhile))
onClick('story', '#kill', once(killMine))
onClick('session', '#login', logIn)
onClick('session', '#logout', logOut)
onClick('session', '#others', () => signOut('others'))
onClick('session', '[data-device]', ({ dataset }) => signOut(dataset.device))
onClick('session', '[data-sku]', ({ dataset }) => changeCart(dataset.sku, Number(dataset.by)))
onClick('session', '[data-count]', ({ dataset: { times } }) => {
  const run = () => count(Number(times))
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
if (first.ok) say([nodeWord(first.node), first.body.isNew ? ' answered first. You have no session yet: begin with step 1.' : ' answered first, and knows you from your cookies alone.'], { node: first.node })
else complain(first)
`
