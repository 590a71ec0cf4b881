/** Who is timed, and with which cookies. */
import type { App, MakeApp } from '../peers/app.ts'
import { browserOf, ORIGIN } from '../peers/browser.ts'
import { carryon } from '../peers/carryon.ts'
import { PEERS } from '../peers/libraries.ts'
import { plainH3, plainHono } from '../peers/plain.ts'
import { mint } from './mint.ts'

export interface Subject {
  readonly name: string
  readonly kind: 'carryon' | 'peer' | 'plain'
  readonly app: App
  /** The Cookie header of the next request. */
  readonly cookie: () => string
}

/** `{"user":"…"}` takes 100 bytes. */
const VALUE = 'u'.repeat(89)
const OTHERS = ['v', 'w', 'x'].map((letter) => letter.repeat(89))

const noPause = () => Promise.resolve()

/** @param requests How many requests each can be asked for; a cold cookie is sent once. */
export async function subjects(requests: number): Promise<Subject[]> {
  const peers = await Promise.all(PEERS.map(peer))
  const plain = [plainHono(), plainH3()].map(
    (app): Subject => ({ name: app.name, kind: 'plain', app, cookie: () => '' }),
  )
  const one = { count: requests, values: [VALUE] }
  const four = { count: requests, values: [...OTHERS, VALUE] }
  const own = [
    { name: 'carryon, 1 cookie, not seen before', headers: await mint(one) },
    { name: 'carryon, 1 cookie, seen before', headers: await mint({ ...one, count: 1 }) },
    { name: 'carryon, 4 cookies, not seen before', headers: await mint(four) },
    { name: 'carryon, 4 cookies, seen before', headers: await mint({ ...four, count: 1 }) },
  ].map(({ name, headers }): Subject => {
    let next = 0
    return {
      name,
      kind: 'carryon',
      app: carryon(noPause),
      cookie: () => {
        if (headers.length > 1 && next >= headers.length) throw new Error('Out of cold cookies.')
        return headers[next++ % headers.length] ?? ''
      },
    }
  })
  return [...peers, ...own, ...plain]
}

async function peer(make: MakeApp): Promise<Subject> {
  const app = make(noPause)
  const browser = browserOf(app)
  await browser.post(`/set/user/${VALUE}`)
  const header = browser.jar.header(ORIGIN) ?? ''
  return { name: app.name, kind: 'peer', app, cookie: () => header }
}

/** One request, with what it must give. */
export interface Operation {
  readonly name: string
  run(subject: Subject): Promise<void>
}

async function ask({ app }: Subject, method: string, path: string, cookie: string): Promise<Got> {
  const headers: HeadersInit = cookie === '' ? {} : { cookie }
  const response = await app.fetch(new Request(ORIGIN + path, { method, headers }))
  return { text: await response.text(), cookies: response.headers.getSetCookie().length }
}

interface Got {
  readonly text: string
  readonly cookies: number
}

function check(subject: Subject, good: boolean): void {
  if (!good && subject.kind !== 'plain') throw new Error(`${subject.name} gave a wrong answer.`)
}

let written = 0

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'read',
    run: async (subject) => {
      const { text } = await ask(subject, 'GET', '/read/user', subject.cookie())
      check(subject, text.includes(VALUE))
    },
  },
  {
    name: 'write',
    run: async (subject) => {
      const value = String(written++).padStart(VALUE.length, '0')
      const got = await ask(subject, 'POST', `/set/user/${value}`, subject.cookie())
      check(subject, got.text === 'ok' && got.cookies > 0)
    },
  },
  {
    name: 'no cookie, not touched',
    run: async (subject) => {
      check(subject, (await ask(subject, 'GET', '/health', '')).text === 'ok')
    },
  },
]
