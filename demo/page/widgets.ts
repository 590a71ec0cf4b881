/** The parts of the page that are made by script. The browser runs this text as an ES module. */
export const widgets: string = /* js */ `
export const $ = (id) => document.getElementById(id)

const format = new Intl.NumberFormat('en')
export const grouped = (number) => format.format(number)
export const plural = (number, one) => grouped(number) + ' ' + one + (number === 1 ? '' : 's')

export function el(tag, props, ...children) {
  const element = Object.assign(document.createElement(tag), props)
  element.append(...children)
  return element
}

// Each node has a colour, by its place in the cluster or, without one, by when it was first seen.
const known = []
export function colour(name) {
  if (!known.includes(name)) known.push(name)
  return 'var(--node-' + (known.indexOf(name) % 6) + ')'
}

function coloured(element, name) {
  element.style.setProperty('--node', colour(name))
  return element
}

export const nodeWord = (name) => coloured(el('b', {}, name ?? 'No node'), name ?? '')

export function say(parts, { node, bad = false } = {}) {
  const says = $('says')
  says.className = bad ? 'says bad' : 'says'
  if (node) coloured(says, node)
  says.replaceChildren(el('span', {}, ...parts))
}

export function addDot(name, failed) {
  const dot = el('i', { title: (name ?? 'no node') + (failed ? ', no answer' : ''), className: failed ? 'failed' : '' })
  if (name) coloured(dot, name)
  const dots = $('dots')
  dots.prepend(dot)
  while (dots.children.length > 64) dots.lastChild.remove()
}

const states = { up: 'alive', down: 'dead', starting: 'starting' }

export function nodeCard({ name, runtime, state, pid, detail }, { last, onKill, onStart }) {
  const card = el('article', { className: ['node', state, last ? 'last' : '', name === 'store' ? 'store' : ''].join(' ') })
  if (name !== 'store') coloured(card, name)
  const button = state === 'down'
    ? el('button', { onclick: onStart }, 'Bring back')
    : el('button', { className: 'kill', onclick: onKill, disabled: state === 'starting' }, 'Kill')
  button.setAttribute('aria-label', button.textContent + ' ' + name)
  card.append(
    el('h3', {}, el('span', { className: 'name' }, name), el('span', { className: 'state' }, states[state])),
    el('p', { className: 'quiet' }, runtime + (pid ? ', pid ' + pid : '')),
    el('p', { className: 'quiet' }, detail),
    button,
  )
  return card
}

export function stepper(sku, pieces, onStep) {
  const step = (by, sign, what) => {
    const button = el('button', { onclick: () => onStep(by), disabled: by < 0 && pieces === 0 }, sign)
    button.setAttribute('aria-label', what + ' ' + sku)
    return button
  }
  return el('div', { className: 'stepper' },
    step(-1, '−', 'Take out one'),
    el('span', {}, sku + ' ', el('b', {}, String(pieces))),
    step(1, '+', 'Put in one'))
}

export function bar(label, bytes, limit, className) {
  const share = Math.min(bytes / limit, 1)
  const fill = el('div', {})
  fill.style.width = share * 100 + '%'
  const track = el('div', { className: 'track', role: 'meter', ariaLabel: label, ariaValueNow: bytes, ariaValueMin: 0, ariaValueMax: limit }, fill)
  return el('div', { className: 'bar ' + (share > 0.75 ? 'high ' : '') + (className ?? '') },
    el('p', {}, el('span', { className: className === 'total' ? '' : 'mono', title: label }, label),
      el('span', {}, grouped(bytes) + ' of ' + grouped(limit) + ' bytes')),
    track)
}
`
