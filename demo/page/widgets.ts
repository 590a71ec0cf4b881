/** The parts of the page that are made by script. The browser runs this text as an ES module. */
export const widgets: string = /* js */ `
const COOKIE_LIMIT = 4096 // RFC 6265bis: name plus value
const NGINX_LIMIT = 8192 // large_client_header_buffers: one header; AWS WAF and Tomcat take as much
const NODE_LIMIT = 16384 // --max-http-header-size: all headers

export const $ = (id) => document.getElementById(id)

const format = new Intl.NumberFormat('en')
export const grouped = (number) => format.format(number)
export const plural = (number, one) => grouped(number) + ' ' + one + (number === 1 ? '' : 's')

export function el(tag, props, ...children) {
  const element = Object.assign(document.createElement(tag), props)
  element.append(...children)
  return element
}

/** Not \`disabled\`, which would take the focus away. What listens for clicks asks \`isAble\`. */
export const able = (button, can) => button.setAttribute('aria-disabled', String(!can))
export const isAble = (button) => button.getAttribute('aria-disabled') !== 'true'

// Each node has a colour, by its place in the cluster or, without one, by when it was first seen.
const seen = []
export function colour(name) {
  if (!seen.includes(name)) seen.push(name)
  return 'var(--node-' + (seen.indexOf(name) % 6) + ')'
}

function coloured(element, name) {
  element.style.setProperty('--node', colour(name))
  return element
}

export const nodeWord = (name) => name ? coloured(el('b', {}, name), name) : el('b', {}, 'No node')

export function say(parts, { node, bad = false } = {}) {
  const says = $('says')
  says.className = bad ? 'says bad' : 'says'
  if (node) coloured(says, node)
  says.replaceChildren(el('span', {}, ...parts))
}

export function complain({ node, status, body }) {
  const parts =
    status === 502 ? [nodeWord(node), ' died while it worked on this. Nothing of it reached your cookies, so nothing half-done is left. Try again.']
    : status === 503 && !node ? ['No node is alive. Your session waits in your cookies: bring any node back.']
    : body.code === 'ERR_OVERFLOW_UNAVAILABLE' ? [nodeWord(node), ' could not reach the store, and your session is as it was. Bring the store back, and try again.']
    : status === 431 ? ['Your Cookie header has outgrown what the servers take. The session is in it still: the cookies have to shrink first.']
    : status === 413 ? [nodeWord(node), ' refused, and your session is as it was. Too big: ' + body.largest[0].key + ', with ' + grouped(body.largest[0].bytes) + ' bytes.']
    : [...(node ? [nodeWord(node), ' says: '] : []), body.error ?? 'Status ' + status + '.']
  say(parts, { node, bad: true })
}

export function addDot(name, failed) {
  const dot = el('i', { title: (name ?? 'no node') + (failed ? ', no answer' : ''), className: failed ? 'failed' : '' })
  if (name) coloured(dot, name)
  const dots = $('dots')
  dots.prepend(dot)
  while (dots.children.length > 64) dots.lastChild.remove()
}

const states = { up: 'alive', down: 'dead', starting: 'starting' }

export function nodeCard(name) {
  const isStore = name === 'store'
  const stateWord = el('span', { className: 'state' })
  const process = el('p', { className: 'quiet' })
  const more = el('p', { className: 'quiet' })
  const button = el('button', {})
  button.dataset.node = name
  const element = el('article', {}, el('h4', {}, el('span', { className: 'name' }, name), stateWord), process, more, button)
  if (!isStore) coloured(element, name)
  const update = ({ runtime, state, pid, detail }, last) => {
    element.className = ['node', state, last ? 'last' : '', isStore ? 'store' : ''].join(' ')
    stateWord.textContent = states[state]
    process.textContent = runtime + (pid ? ', pid ' + pid : '')
    more.textContent = detail
    button.className = state === 'down' ? '' : 'kill'
    button.textContent = state === 'down' ? 'Bring back' : 'Kill'
    button.ariaLabel = button.textContent + ' ' + name
    able(button, state !== 'starting')
  }
  return { element, update }
}

const ago = (text) => {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(text)) / 1000))
  return seconds < 60 ? 'just now' : seconds < 3600 ? plural(Math.round(seconds / 60), 'minute') + ' ago' : plural(Math.round(seconds / 3600), 'hour') + ' ago'
}

export function deviceLine(id) {
  const name = el('p', {})
  const when = el('p', { className: 'quiet' })
  const button = el('button', {}, 'Sign out')
  button.dataset.device = id
  const element = el('li', {}, el('div', {}, name, when), button)
  const update = ({ label, startedAt, lastSeenAt, isThis }) => {
    name.textContent = label
    when.textContent = isThis ? 'this browser, logged in ' + ago(startedAt) : 'logged in ' + ago(startedAt) + ', seen ' + ago(lastSeenAt)
    button.hidden = isThis
    button.ariaLabel = 'Sign out ' + label + ', logged in ' + ago(startedAt)
  }
  return { element, update }
}

export function stepper(sku) {
  const step = (by, sign, what) => {
    const button = el('button', { ariaLabel: what + ' ' + sku }, sign)
    Object.assign(button.dataset, { sku, by })
    return button
  }
  const less = step(-1, '−', 'Take out one')
  const number = el('b', {}, '–')
  const element = el('div', { className: 'stepper' }, less, el('span', {}, sku + ' ', number), step(1, '+', 'Put in one'))
  const update = (pieces) => {
    number.textContent = String(pieces)
    able(less, pieces > 0)
  }
  return { sku, element, update }
}

function meter(label, bytes, limit, text) {
  const fill = el('div', {})
  fill.style.width = Math.min(bytes / limit, 1) * 100 + '%'
  return el('div', { className: 'track', role: 'meter', ariaLabel: label, ariaValueNow: bytes, ariaValueMin: 0, ariaValueMax: limit, ariaValueText: text }, fill)
}

export function bar({ name, bytes }, className) {
  const text = grouped(bytes) + ' of ' + grouped(COOKIE_LIMIT) + ' bytes'
  return el('div', { className: 'bar ' + (bytes > COOKIE_LIMIT * 0.75 ? 'high ' : '') + className },
    el('p', {}, el('span', { className: 'mono', title: name }, name), el('span', {}, text)),
    meter(name, bytes, COOKIE_LIMIT, text))
}

/** The Cookie header against both limits: half-way is nginx's. */
export function headerBar(bytes) {
  const label = 'Cookie header, all together'
  const text = plural(bytes, 'byte')
  const height = bytes > NODE_LIMIT * 0.9 ? 'over' : bytes > NGINX_LIMIT ? 'high' : ''
  return el('div', { className: 'bar total ' + height },
    el('p', {}, el('span', {}, label), el('span', {}, text)),
    meter(label, bytes, NODE_LIMIT, text + '; nginx takes ' + grouped(NGINX_LIMIT) + ', Node ' + grouped(NODE_LIMIT)),
    el('p', { className: 'scale', ariaHidden: true }, el('span', {}, 'nginx: ' + grouped(NGINX_LIMIT)), el('span', {}, 'Node: ' + grouped(NODE_LIMIT))))
}

/** A cell for each of so many writes: full if it was kept. The writes are dealt out to the tabs in turn. */
export function cells(place, count, tabs, kept) {
  place.replaceChildren(...Array.from({ length: count }, (_, n) => el('i', { className: kept.includes(n) ? 'kept' : '', title: 'write ' + (n + 1) + ', tab ' + (n % tabs + 1) })))
}
`
