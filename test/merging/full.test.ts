/** Sessions that are nearly full: what they accept must not stand in the way of what comes next. */
import { expect, test } from 'vitest'
import { SessionTooLarge } from '../../src/index.ts'
import { Clock, errorOf, type Loose, Shop } from '../support/visitor.ts'
import type { Handler } from './parallel.ts'

/** Whether a session takes all of this, one request after the other. */
async function accepts(shop: Shop, handlers: readonly Handler<Loose>[]): Promise<boolean> {
  try {
    for (const handler of handlers) {
      await shop.visit(handler)
      shop.clock.advance(100)
    }
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(SessionTooLarge)
    return false
  }
}

test('whatever a session that is nearly full accepts, it can be logged in, given a new id and renewed after it', async () => {
  const small: readonly Handler<Loose>[] = [
    ({ data }) => {
      data['theme'] = 'dark'
    },
    (session) => session.increment('hits'),
    (session) => session.flash('info', 'saved'),
    (session) => session.once('welcome'),
  ]
  const after: readonly Handler<Loose>[] = [
    (session) => {
      session.subject = 'user 1'
    },
    (session) => session.regenerate(),
    ({ data }) => data,
  ]
  let refused = 0
  for (let length = 2640; length < 2760; length += 3) {
    for (const write of small) {
      const shop = new Shop<Loose>({ initial: () => ({ list: [{ id: 'a', q: 1 }] }) })
      const isAccepted = await accepts(shop, [
        ({ data }) => {
          data['text'] = 'x'.repeat(length)
        },
        write,
      ])
      if (!isAccepted) {
        refused++
        continue
      }
      for (const handler of after) {
        shop.clock.advance(600)
        await shop.visit(handler)
      }
    }
  }
  expect(refused).toBeGreaterThan(20)
})

test('keys of once() count towards the size, and an error for them names them', async () => {
  const shop = new Shop()
  let longest = 0
  const error = await errorOf(async () => {
    for (let i = 0; i < 300; i++) {
      shop.clock.advance(8)
      await shop.visit((session) => session.once(`coupon ${i} of this summer`))
      longest = Math.max(longest, shop.visitor.cookie.length)
    }
  })
  expect(error).toBeInstanceOf(SessionTooLarge)
  expect((error as SessionTooLarge).message).toContain('once() (')
  expect((error as SessionTooLarge).largest[0]?.key).toBe('once()')
  expect(longest).toBeLessThan(8000)
  await shop.visit((session) => {
    session.subject = 'ada'
  })
  await shop.visit((session) => session.regenerate())
})

/** The longest text that a session takes. */
async function longest(): Promise<number> {
  let length = 2600
  const fill = (text: string) => accepts(new Shop(), [({ data }) => (data['text'] = text)])
  while (await fill('x'.repeat(length + 1))) length++
  return length
}

test('a full session can be logged in with a subject of 48 characters, get new ids, and lose a character', async () => {
  const length = await longest()
  for (const subject of ['u', '3b1f8a52-7c1d-4c55-9f0a-1b2c3d4e5f60', 'x'.repeat(48)]) {
    const shop = new Shop()
    const lose: Handler<Loose> = ({ data }) => {
      data['text'] = String(data['text']).slice(1)
    }
    await shop.visit(({ data }) => {
      data['text'] = 'x'.repeat(length)
    })
    await shop.visit((session) => {
      session.subject = subject
    })
    for (let n = 1; n <= 3; n++) {
      shop.clock.advance(10)
      await shop.visit((session) => session.regenerate())
      await shop.visit(lose)
    }
    shop.clock.advance(600)
    await shop.visit(({ data }) => data)
    expect(String((await shop.look())['text'])).toHaveLength(length - 3)
  }
})

test('what a full session changes at once in parallel merges', async () => {
  const length = (await longest()) - 20
  const shop = new Shop()
  await shop.visit(({ data }) => {
    data['text'] = 'x'.repeat(length)
  })
  await shop.visit((session) => {
    session.subject = 'x'.repeat(48)
  })
  const requests = await Promise.all([shop.begin(), shop.begin()])
  const [one, other] = requests
  if (!one || !other) throw new Error('two')
  one.session.data['text'] = 'y'.repeat(length)
  other.session.increment('n')
  const answers = [await one.answer(), await other.answer()]
  for (const deliver of answers) deliver()
  expect(await shop.look()).toEqual({ text: 'y'.repeat(length), n: 1 })
})

test('a migration that has no room makes no request fail that adds nothing', async () => {
  const clock = new Clock()
  const before = new Shop({ version: 1 }, { clock })
  const { visitor } = before
  await before.visit(({ data }) => {
    data['text'] = 'x'.repeat(1300)
  })
  let full = false
  for (let i = 0; !full; i++) {
    clock.advance(1)
    full = !(await accepts(before, [(session) => session.once(`key-${i}`)]))
  }
  const grow = (version: number, length: number) =>
    new Shop(
      { version, migrate: (data) => ({ ...data, more: 'm'.repeat(length) }) },
      { clock, visitor },
    )
  for (const [i, length] of [1, 100, 3000].entries()) {
    const after = grow(i + 2, length)
    for (const wait of [1, 250, 1000]) {
      clock.advance(wait)
      await after.visit(({ data }) => data['text'])
      await after.visit((session) => session.flashed)
      expect((await after.look())['more']).toHaveLength(length)
    }
  }
})

test.each([400, 1000, 1500])(
  'a text of %i characters that each request replaces keeps the cookies small, one request at a time',
  async (length) => {
    for (const seconds of [1, 60]) {
      const shop = new Shop()
      let most = 0
      for (let n = 0; n < 250; n++) {
        shop.clock.advance(seconds)
        await shop.visit(({ data }) => {
          data['text'] = `${n}`.padEnd(length, '.')
        })
        most = Math.max(most, shop.visitor.cookie.length)
      }
      expect(most).toBeLessThan(7168)
    }
  },
)

test('two long texts that parallel requests replace both stay, though no base fits beside either', async () => {
  for (const length of [900, 1200]) {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 'x'.repeat(length)
      data['b'] = 'x'.repeat(length)
    })
    shop.clock.advance(1)
    const requests = await Promise.all([shop.begin(), shop.begin()])
    const answers: (() => void)[] = []
    for (const [i, { session, answer }] of requests.entries()) {
      session.data[i === 0 ? 'a' : 'b'] = `${i}`.padEnd(length, 'y')
      answers.push(await answer())
    }
    for (const deliver of answers) deliver()
    const expected = { a: '0'.padEnd(length, 'y'), b: '1'.padEnd(length, 'y') }
    expect(await shop.look()).toEqual(expected)
    shop.clock.advance(400)
    await shop.visit(({ data }) => {
      data['c'] = 1
    })
    expect(await shop.look()).toEqual({ ...expected, c: 1 })
  }
})
