/** How the page shows what it knows. The browser runs this text as an ES module. */
export const view: string = /* js */ `
import { askCluster, askSession, known } from '/state.js'
import { $, able, bar, deviceLine, el, grouped, headerBar, nodeCard, nodeWord, plural, stepper } from '/widgets.js'

const MOST_BARS = 8

// Made once and then changed in place: a control that is replaced loses the focus, and a click half-way.
const steppers = ['socks', 'books', 'snacks'].map((sku) => stepper(sku))
$('cart').append(...steppers.map(({ element }) => element))
const cards = new Map()

/** Reads everything again and shows it. Returns what the node said about the session. */
export async function refresh() {
  const answer = await askSession()
  await refreshCluster()
  return answer
}

export async function refreshCluster() {
  await askCluster()
  show()
}

/** Shows the nodes anew if anything has happened to them. */
export async function poll() {
  const before = JSON.stringify(known.cluster)
  await askCluster()
  if (JSON.stringify(known.cluster) !== before) show()
}

function show() {
  if (known.session) {
    showSession(known.session)
    showCookies(known.session)
  } else {
    $('cookies').replaceChildren(quiet('Only a node can tell: the cookies are hidden from scripts, and sealed.'))
  }
  if (known.cluster) showNodes(known.cluster)
  else if (known.cluster === null) showPlace()
  $('all').hidden = !known.cluster
}

const quiet = (text) => el('p', { className: 'quiet' }, text)

// ---- The session

const isOurs = ({ name }) => /^(__Host-|__Secure-)?session\\./.test(name)

/** No session, but a cookie of one: a tombstone. */
const isEnded = ({ isNew, cookies }) => isNew && cookies.some(isOurs)

function showSession(session) {
  const { id, isNew, user, cart, hits, note } = session
  $('id').textContent = isEnded(session) ? 'ended' : isNew ? 'not begun' : id.slice(0, 8) + '…'
  $('user').textContent = user ? user.name + ' is logged in' : 'Not logged in'
  if (user) swap($('login'), $('logout'))
  else swap($('logout'), $('login'))
  showDevices(session)
  const pieces = Object.values(cart).reduce((sum, n) => sum + n, 0)
  $('pieces').textContent = pieces === 0 ? 'Empty' : plural(pieces, 'piece')
  for (const { sku, update } of steppers) update(cart[sku] ?? 0)
  $('hits').textContent = grouped(hits)
  able($('drop'), note !== null)
  $('note').textContent =
    note === null ? 'Nothing'
    : note === 'unavailable' ? 'The store does not answer; all else goes on'
    : grouped(note) + ' bytes' + (isCheckedIn(session) ? ', checked in' : '')
}

// By the id of each, for the same reason as above.
const lines = new Map()

function showDevices({ user, devices }) {
  $('devices-row').hidden = !user
  for (const [id, { element }] of lines) {
    if (devices?.some((device) => device.id === id)) continue
    if (element.contains(document.activeElement)) $('devices').focus()
    element.remove()
    lines.delete(id)
  }
  const list = $('devices')
  for (const [i, device] of (devices ?? []).entries()) {
    if (!lines.has(device.id)) lines.set(device.id, deviceLine(device.id))
    const { element, update } = lines.get(device.id)
    update(device)
    if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null)
  }
  able($('others'), (devices?.length ?? 0) > 1)
  $('devices-note').textContent = devices
    ? 'Log in with another browser to see one more. Who is signed out here is out on every node.'
    : 'The store does not answer: who is logged in stays so.'
}

/** One control takes another one's place, and its focus. */
function swap(before, after) {
  const hadFocus = document.activeElement === before
  before.hidden = true
  after.hidden = false
  if (hadFocus) after.focus()
}

const isCheckedIn = ({ note, headerBytes }) => note === 'unavailable' || (note ?? 0) > headerBytes

function showCookies(session) {
  const { cookies, headerBytes, note } = session
  const shown = cookies.length > MOST_BARS ? cookies.slice(0, MOST_BARS - 1) : cookies
  const rest = cookies.slice(shown.length)
  $('cookies').replaceChildren(...shown.map((cookie) => bar(cookie, isOurs(cookie) ? '' : 'foreign')))
  if (rest.length > 0) $('cookies').append(quiet('And ' + rest.length + ' more, at most ' + grouped(Math.max(...rest.map(({ bytes }) => bytes))) + ' bytes each.'))
  if (cookies.length === 0) $('cookies').append(quiet('No cookie yet: a visitor who stores nothing gets none.'))
  if (isEnded(session)) $('cookies').append(quiet('Your session has ended: a tombstone says so, and what a late answer leaves beside it counts no more.'))
  $('header').replaceChildren(headerBar(headerBytes))
  const facts = []
  if (isCheckedIn(session)) facts.push(['Checked in with the store', note === 'unavailable' ? 'unavailable' : grouped(note) + ' bytes'])
  if (known.cluster) {
    const { operations } = known.cluster.store
    facts.push(['Store reads and writes so far', operations ? grouped(operations.get) + ' and ' + grouped(operations.put) : 'the store is dead'])
  }
  $('facts').replaceChildren(...facts.flatMap(([term, value]) => [el('dt', {}, term), el('dd', {}, value)]))
}

// ---- The nodes

function showNodes({ nodes, store }) {
  for (const node of nodes) card(node.name)({ ...node, detail: plural(node.answered, 'answer') }, node.name === known.lastNode)
  card(store.name)({ ...store, runtime: 'KV and Durable Objects in workerd', detail: 'for what is too big, and who is signed out' }, false)
  const up = nodes.filter(({ state }) => state === 'up').length
  able($('kill'), up > 0)
  able($('kill-all'), up > 0)
  able($('start-all'), up < nodes.length)
}

/** What changes the card of that node. */
function card(name) {
  if (!cards.has(name)) {
    const { element, update } = nodeCard(name)
    $('nodes').append(element)
    cards.set(name, update)
  }
  return cards.get(name)
}

/** One Worker, which runs in many places: nothing can be killed. */
function showPlace() {
  $('nodes-title').textContent = 'Where it runs'
  $('kill-note').textContent = 'Here it runs where Cloudflare likes, and there is no node to kill. On your own machine, npm start shows four that you can.'
  $('again').textContent = 'After each click the page asks again: one request writes, and the next one, wherever it is served, reads what that left in your cookies.'
  if (known.lastNode) $('nodes').replaceChildren(el('p', { className: 'quiet' }, 'The last request was served by ', nodeWord(known.lastNode), '.'))
}
`
