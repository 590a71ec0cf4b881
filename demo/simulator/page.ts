/** The page of the simulator: shows the world as time goes on, and passes on what is clicked. */

import { seeded } from '../../test/support/random.ts'
import { fixRandomBytes } from '../../test/support/random-bytes.ts'
import { DEFAULTS, type Flight, type Settings, World } from './world.ts'

interface Control {
  readonly key: keyof Settings
  readonly label: string
  readonly unit: string
  readonly max: number
  readonly step: number
}

const CONTROLS: readonly Control[] = [
  { key: 'seed', label: 'Seed', unit: '', max: 1_000_000, step: 1 },
  { key: 'latencyMs', label: 'Latency, each way', unit: 'ms', max: 3000, step: 50 },
  { key: 'jitterMs', label: 'Answers overtake each other by', unit: 'ms', max: 3000, step: 50 },
  { key: 'dropPercent', label: 'Answers that are lost', unit: '%', max: 50, step: 1 },
  { key: 'skewSeconds', label: 'Clocks of two nodes are off by', unit: 's', max: 30, step: 1 },
]

const SVG = 'http://www.w3.org/2000/svg'
const BROWSER = { x: 80, y: 125 }
const NODE_X = 560
const NODE_GAP = 58
const FIRST_NODE_Y = 38
/** A tab that was in the background does not make up for all of it at once. */
const MOST_STEP_MS = 100
const LOG_LINES = 8

const $ = <E extends Element = HTMLElement>(id: string): E => {
  const found = document.querySelector<E>(`#${id}`)
  if (!found) throw new Error(`There is no #${id}.`)
  return found
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Partial<HTMLElementTagNameMap[Tag]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), props)
  element.append(...children)
  return element
}

function draw(tag: string, attributes: Record<string, string | number>, text = ''): SVGElement {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.textContent = text
  return element
}

function settingsOfAddress(): Settings {
  const query = new URLSearchParams(location.search)
  const settings: Record<keyof Settings, number> = { ...DEFAULTS }
  for (const { key, max } of CONTROLS) {
    const number = Number(query.get(key) ?? DEFAULTS[key])
    if (Number.isInteger(number) && number >= 0 && number <= max) settings[key] = number
  }
  return settings
}

let settings = settingsOfAddress()
let release = (): void => {}
let world = begin()
let isPaused = false
const dots = new Map<Flight, SVGElement>()

function begin(): World {
  release()
  release = fixRandomBytes(seeded(settings.seed))
  return new World(settings)
}

function restart(change: Partial<Settings> = {}): void {
  settings = { ...settings, ...change }
  const query = new URLSearchParams(
    Object.entries(settings).map(([key, value]) => [key, String(value)]),
  )
  try {
    history.replaceState(null, '', `?${query}`)
  } catch {
    // Where a page that is a file may not do that, the film begins again all the same.
  }
  world = begin()
  for (const { key } of CONTROLS) $<HTMLInputElement>(key).value = String(settings[key])
  say(`A new film, of seed ${settings.seed}.`)
}

const say = (text: string): void => {
  $('says').textContent = text
}

// ---- What is there from the beginning

for (const { key, label, unit, max, step } of CONTROLS) {
  const type = key === 'seed' ? 'number' : 'range'
  const input = make('input', { id: key, type, min: '0', max: String(max), step: String(step) })
  input.value = String(settings[key])
  const output = make('output', {})
  const show = () => {
    output.textContent = key === 'seed' ? '' : `${input.value} ${unit}`
  }
  show()
  input.addEventListener('input', show)
  input.addEventListener('change', () => restart({ [key]: Number(input.value) }))
  const name = make('label', { htmlFor: key }, label)
  $('settings').append(make('div', { className: 'setting' }, name, output, input))
}

const network = $<SVGElement>('network')
const yOf = (node: number): number => FIRST_NODE_Y + node * NODE_GAP
for (const [i] of world.nodes.entries())
  network.append(
    draw('line', { x1: BROWSER.x, y1: BROWSER.y, x2: NODE_X, y2: yOf(i), class: 'wire' }),
  )
network.append(draw('circle', { cx: BROWSER.x, cy: BROWSER.y, r: 34, class: 'place' }))
network.append(draw('text', { x: BROWSER.x, y: BROWSER.y + 5, class: 'name' }, 'browser'))
const places = world.nodes.map(({ name }, i) => {
  const place = draw('rect', {
    x: NODE_X - 44,
    y: yOf(i) - 20,
    width: 88,
    height: 40,
    rx: 9,
    class: 'place',
  })
  network.append(place, draw('text', { x: NODE_X, y: yOf(i) + 5, class: 'name' }, name))
  return place
})
const flying = draw('g', {})
network.append(flying)

const killers = world.nodes.map(({ name }, i) => {
  const button = make('button', {}, `Kill ${name}`)
  button.addEventListener('click', () => {
    if (world.nodes[i]?.isUp) world.kill(i)
    else world.revive(i)
    show()
    say(
      world.nodes[i]?.isUp
        ? `${name} is back, with an empty memory.`
        : `${name} is dead. The others go on.`,
    )
  })
  return button
})
$('nodes').append(...killers)

$('logout').addEventListener('click', () => {
  world.logOutMeanwhile()
  say('A slow write of Ada’s is on its way, and so is the logout.')
})
$('login').addEventListener('click', () => {
  world.logIn()
  say('Ada logs in.')
})
$('restart').addEventListener('click', () => restart())
$('next').addEventListener('click', () => restart({ seed: settings.seed + 1 }))
$('pause').addEventListener('click', () => {
  isPaused = !isPaused
  $('pause').ariaPressed = String(isPaused)
  say(isPaused ? 'Time stands still.' : 'Time goes on.')
})

// ---- What changes

/** Where the request is, or its answer. */
function positionOf({ node, sentAt, arrivesAt, answersAt, endsAt }: Flight): {
  x: number
  y: number
} {
  const { now } = world
  const part =
    now < arrivesAt
      ? (now - sentAt) / (arrivesAt - sentAt)
      : now < answersAt
        ? 1
        : 1 - (now - answersAt) / (endsAt - answersAt)
  return {
    x: BROWSER.x + (NODE_X - BROWSER.x) * part,
    y: BROWSER.y + (yOf(node) - BROWSER.y) * part,
  }
}

function isShown(flight: Flight): boolean {
  const { now } = world
  if (flight.isDead || now >= flight.endsAt) return false
  // A lost answer gets half-way.
  return !flight.isDropped || now < (flight.answersAt + flight.endsAt) / 2
}

function showFlights(): void {
  const shown = new Set(world.flights.filter(isShown))
  for (const [flight, dot] of dots) {
    if (shown.has(flight)) continue
    dot.remove()
    dots.delete(flight)
  }
  for (const flight of shown) {
    const dot = dots.get(flight) ?? draw('circle', { r: flight.what === 'write' ? 6 : 9 })
    const { x, y } = positionOf(flight)
    const phase = world.now < flight.answersAt ? 'there' : 'back'
    dot.setAttribute('class', `${flight.what} ${phase}`)
    dot.setAttribute('cx', x.toFixed(1))
    dot.setAttribute('cy', y.toFixed(1))
    if (!dots.has(flight)) flying.append(dot)
    dots.set(flight, dot)
  }
}

/** Only what has changed, so that what somebody selects or reads stays. */
function text(id: string, value: string, className?: string): void {
  const element = $(id)
  if (element.textContent !== value) element.textContent = value
  if (className !== undefined) element.className = className
}

function show(): void {
  const { lost, ours, theirs, cameBack, acknowledged, now, nodes } = world
  text('ours', `${lost.ours.size} lost`, lost.ours.size > 0 ? 'bad' : 'good')
  text('theirs', `${lost.theirs.size} lost`, lost.theirs.size > 0 ? 'bad' : '')
  const who = (user: string | null, back: boolean) =>
    back
      ? 'logged in again by a late answer'
      : user === null
        ? 'logged out'
        : `${user} is logged in`
  text('ours-user', who(ours.user, cameBack.ours))
  text('theirs-user', who(theirs.user, cameBack.theirs))
  text('acknowledged', String(acknowledged))
  text('time', `${Math.floor(now / 1000)} s`)
  for (const [i, { name, isUp, skewMs }] of nodes.entries()) {
    places[i]?.setAttribute('class', isUp ? 'place' : 'place down')
    const button = killers[i]
    const label = `${isUp ? 'Kill' : 'Bring back'} ${name}${skewMs ? ` (${skewMs > 0 ? '+' : ''}${skewMs / 1000} s)` : ''}`
    if (button && button.textContent !== label) button.textContent = label
  }
  const cookies = world.cookies()
  const sum = cookies.reduce((bytes, cookie) => bytes + cookie.bytes, 0)
  text(
    'jar',
    `${cookies.length} cookies of carryon, ${sum} bytes: ${cookies.map(({ bytes }) => bytes).join(' + ') || 0}`,
  )
  const lines = world.log.slice(-LOG_LINES).reverse()
  const list = $('log')
  if (list.firstElementChild?.textContent !== lines[0] || list.childElementCount !== lines.length)
    list.replaceChildren(...lines.map((line) => make('li', {}, line)))
  showFlights()
}

async function play(): Promise<void> {
  let last = performance.now()
  for (;;) {
    const time = await new Promise<number>((next) => requestAnimationFrame(next))
    const passed = Math.min(time - last, MOST_STEP_MS)
    last = time
    if (!isPaused && passed > 0) await world.run(passed)
    show()
  }
}

say(`A film of seed ${settings.seed}.`)
play().catch((error: unknown) => {
  say(`The simulator has stopped: ${String(error)}`)
  throw error
})
