/** What the page does. The browser runs this text as an ES module. */
export const script: string = /* js */ `
import { $, addDot, bar, colour, el, grouped, nodeCard, nodeWord, plural, say, stepper } from '/widgets.js'

const COOKIE_LIMIT = 4096 // RFC 6265bis: name plus value
const HEADER_LIMIT = 8192 // nginx, AWS WAF, Tomcat: the whole Cookie header
const MOST_BARS = 8
const GOODS = ['socks', 'books', 'snacks']

let session
let cluster
let lastNode

async function send(method, path) {
  let answer
  try {
    const response = await fetch(path, { method })
    const body = await response.json().catch(() => ({}))
    answer = { node: response.headers.get('x-node'), status: response.status, ok: response.ok, body }
  } catch {
    answer = { node: null, status: 0, ok: false, body: { error: 'Nothing listens here any more. Was the cluster stopped?' } }
  }
  if (!path.startsWith('/__cluster/')) {
    if (cluster === undefined) await discover(answer) // Before the first dot: nodes have colours in their order.
    addDot(answer.node, answer.status === 502 || !answer.node)
    if (answer.node) lastNode = answer.node
  }
  return answer
}

async function discover({ ok, body }) {
  if (!ok || body.cluster) return refreshCluster()
  cluster = null // Deployed, or wrangler dev: one Worker, which runs in many places.
  $('nodes-title').textContent = 'Where it runs'
  $('lead').textContent = 'It is in your cookies, encrypted. So any location can serve any of your requests, without a session table and without affinity. On your own machine, npm start shows four nodes that you can kill.'
}

// ---- Reading the state again, and showing it

async function refresh() {
  const answer = await send('GET', '/api/session')
  if (answer.ok) session = answer.body
  await refreshCluster()
  show()
  return answer
}

async function refreshCluster() {
  if (cluster === null) return
  const { ok, body } = await send('GET', '/__cluster/nodes')
  if (!ok) return
  cluster = body
  for (const { name } of cluster.nodes) colour(name)
}

function show() {
  if (session) showSession()
  if (session) showCookies()
  showNodes()
}

function showSession() {
  const { id, user, cart, count, hits, note } = session
  $('id').textContent = session.isNew ? 'not begun' : id.slice(0, 8) + '…'
  $('user').textContent = user ? user.name + ' is logged in' : 'Not logged in'
  $('login').hidden = user !== null
  $('logout').hidden = user === null
  const pieces = Object.values(cart).reduce((sum, n) => sum + n, 0)
  $('pieces').textContent = pieces === 0 ? 'Empty' : plural(pieces, 'piece')
  $('cart').replaceChildren(...GOODS.map((sku) => stepper(sku, cart[sku] ?? 0, (by) => changeCart(sku, by))))
  $('hits').textContent = grouped(hits)
  $('count').textContent = grouped(count)
  $('drop').disabled = note === null
  $('note').textContent =
    note === null ? 'Nothing'
    : note === 'unavailable' ? 'The store does not answer; all else goes on'
    : grouped(note) + ' bytes' + (isCheckedIn() ? ', checked in' : '')
}

const isCheckedIn = () => session.note === 'unavailable' || (session.note ?? 0) > session.headerBytes

function showCookies() {
  const { cookies, headerBytes } = session
  const ours = (name) => /^(__Host-|__Secure-)?session\\./.test(name)
  const shown = cookies.length > MOST_BARS ? cookies.slice(0, MOST_BARS - 1) : cookies
  const rest = cookies.slice(shown.length)
  $('cookies').replaceChildren(...shown.map(({ name, bytes }) => bar(name, bytes, COOKIE_LIMIT, ours(name) ? '' : 'foreign')))
  const more = rest.length > 0 ? 'And ' + rest.length + ' more, at most ' + grouped(Math.max(...rest.map(({ bytes }) => bytes))) + ' bytes each.' : ''
  const none = 'No cookie yet: a visitor who stores nothing gets none.'
  if (more || cookies.length === 0) $('cookies').append(el('p', { className: 'quiet' }, more || none))
  $('header').replaceChildren(bar('Cookie header, all together', headerBytes, HEADER_LIMIT, 'total'))
  const facts = [['Kept on the nodes', '0 bytes']]
  if (isCheckedIn()) facts.push(['Checked in with the store', session.note === 'unavailable' ? 'unavailable' : grouped(session.note) + ' bytes'])
  if (cluster) {
    const { operations } = cluster.store
    facts.push(['Store reads and writes so far', operations ? grouped(operations.get) + ' and ' + grouped(operations.put) : 'the store is dead'])
  }
  $('facts').replaceChildren(...facts.flatMap(([term, value]) => [el('dt', {}, term), el('dd', {}, value)]))
}

function showNodes() {
  $('all').hidden = !cluster
  if (!cluster) {
    if (lastNode) $('nodes').replaceChildren(el('p', { className: 'quiet' }, 'The last request was served in ', nodeWord(lastNode), '.'))
    return
  }
  const focused = document.activeElement?.getAttribute('aria-label')
  const { store } = cluster
  const cards = cluster.nodes.map((node) => ({ ...node, detail: plural(node.answered, 'answer') }))
  cards.push({ ...store, runtime: 'Workers KV in workerd', detail: 'only for what is too big' })
  $('nodes').replaceChildren(...cards.map((node) => nodeCard(node, {
    last: node.name === lastNode,
    onKill: () => kill(node),
    onStart: () => start(node),
  })))
  if (focused) document.querySelector('#nodes [aria-label="' + focused + '"]')?.focus()
  const up = cluster.nodes.filter(({ state }) => state === 'up').length
  $('kill-all').disabled = up === 0
  $('start-all').disabled = up === cluster.nodes.length
}

// ---- What a click does: one request that writes, one that reads, one sentence about both

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
    : status === 431 ? ['Your Cookie header has outgrown what the servers take. The session is in it still: the cookies have to shrink first.']
    : status === 413 ? [nodeWord(node), ' refused, and your session is as it was. Too big: ' + body.largest[0].key + ', with ' + grouped(body.largest[0].bytes) + ' bytes.']
    : [node ? nodeWord(node) : '', ' ' + (body.error ?? 'Status ' + status)]
  say(parts, { node, bad: true })
}

const changeCart = (sku, by) =>
  act('POST', '/api/cart/' + sku + '?by=' + by, ({ node }) => [nodeWord(node), by > 0 ? ' put ' + sku + ' in.' : ' took ' + sku + ' out.'])

async function count(key, times) {
  const before = session[key]
  const path = key === 'hits' ? '/api/increment/hits' : '/api/increment'
  const answers = await Promise.all(Array.from({ length: times }, () => send('POST', path)))
  const read = await refresh()
  if (!read.ok) return complain(read)
  const sent = answers.filter(({ ok }) => ok).length
  const nodes = [...new Set(answers.map(({ node }) => node).filter(Boolean))]
  const counted = session[key] - before
  const who = nodes.flatMap((name, i) => [i === 0 ? '' : i === nodes.length - 1 ? ' and ' : ', ', nodeWord(name)])
  const result = times === 1
    ? [...who, ' counted on: ' + grouped(session[key]) + '. ']
    : [grouped(sent) + ' at once, through ', ...who, ': ' + grouped(counted) + ' counted. ']
  const hint = key === 'count' && counted < sent ? ['Requests that read the same number write the same next one; increment() says "one more" instead.'] : [nodeWord(read.node), ' read it back from your cookies.']
  say([...result, ...hint], { node: read.node, bad: key === 'hits' && counted !== sent })
}

const find = (name) => [...cluster.nodes, cluster.store].find((node) => node.name === name)

async function kill({ name, pid }) {
  const { ok, body } = await send('POST', '/__cluster/kill/' + name)
  await refreshCluster()
  show()
  if (!ok) return complain({ status: 0, body })
  const left = cluster.nodes.filter(({ state }) => state === 'up').length
  const next = name === 'store'
    ? ['What fits into cookies goes on without it.']
    : left === 0 ? ['It was the last one. Your session is still in your cookies: bring any node back.']
    : ['Click anything: the other ' + (left === 1 ? 'one goes' : left + ' go') + ' on with your session.']
  say([name === 'store' ? 'The store' : nodeWord(name), ' got SIGKILL (process ' + pid + '). ', ...next], { node: name === 'store' ? undefined : name, bad: true })
}

async function start({ name }) {
  const starting = send('POST', '/__cluster/start/' + name)
  setTimeout(() => refreshCluster().then(show), 50)
  const { ok, body } = await starting
  const read = await refresh()
  if (!ok) return complain({ status: 0, body })
  const { pid } = find(name)
  say([name === 'store' ? 'The store' : nodeWord(name), ' is back as process ' + pid + (name === 'store' ? ', with everything that was checked in.' : ', with an empty memory. It can serve your session at once.')], { node: read.node })
}

async function all(verb, state, sentence) {
  const names = cluster.nodes.filter((node) => node.state === state).map(({ name }) => name)
  const sent = Promise.all(names.map((name) => send('POST', '/__cluster/' + verb + '/' + name)))
  setTimeout(() => refreshCluster().then(show), 50)
  const failed = (await sent).find(({ ok }) => !ok)
  if (verb === 'start') await refresh()
  else await refreshCluster().then(show)
  if (failed) complain({ status: 0, body: failed.body })
  else say([sentence], { node: lastNode, bad: verb === 'kill' })
}

// ---- Wiring

$('login').onclick = () => act('POST', '/api/login?name=Ada', ({ node }) => [nodeWord(node), ' logged Ada in, under a new session id.'])
$('logout').onclick = async () => {
  const written = await send('POST', '/api/logout')
  await refresh()
  if (!written.ok) return complain(written)
  say([nodeWord(written.node), ' ended the session. It stays ended on every node.'], { node: written.node })
}
$('drop').onclick = () => act('DELETE', '/api/big', ({ node }) => [nodeWord(node), ' took it out.'])
for (const button of document.querySelectorAll('[data-big]')) {
  const bytes = button.dataset.big
  button.onclick = () => act('POST', '/api/big?bytes=' + bytes, ({ node }) => [nodeWord(node), ' checked ' + grouped(bytes) + ' bytes in with the store; your cookie carries the claim check.'])
}
for (const button of document.querySelectorAll('[data-count]')) {
  button.onclick = () => count(button.dataset.count, Number(button.dataset.times))
}
$('kill-all').onclick = () => all('kill', 'up', 'Every node got SIGKILL. Your session is still in your cookies: bring any node back, or all.')
$('start-all').onclick = () => all('start', 'down', 'The nodes are back, with empty memories, and your session goes on.')
setInterval(async () => {
  if (!cluster || document.hidden) return
  const before = JSON.stringify(cluster)
  await refreshCluster()
  if (JSON.stringify(cluster) !== before) show()
}, 3000)

const first = await refresh()
if (first.ok) say([nodeWord(first.node), session.isNew ? ' answered first. You have no session yet: put something into the cart.' : ' answered first, and knows you from your cookies alone.'], { node: first.node })
else complain(first)
`
