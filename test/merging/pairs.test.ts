import { describe, expect, test } from 'vitest'
import { CASES, type Case, type Which } from './cases.ts'
import { ORDERS, PLACES, type Place, STYLES, Stage, type Style } from './run.ts'

const nothing = (): void => undefined

/** Two requests with one view, committed in an order; gives what delivers their answers. */
async function committed(
  stage: Stage,
  commits: readonly Which[],
  style: Style,
): Promise<Record<Which, () => void>> {
  const { shop } = stage
  const requests = { one: await shop.begin(), other: await shop.begin() }
  const answers: Record<Which, () => void> = { one: nothing, other: nothing }
  for (const which of commits) {
    const { session, answer } = requests[which]
    await stage.change(session, which, style)
    answers[which] = await answer()
    shop.clock.now += 50
  }
  return answers
}

const inWorkerd = navigator.userAgent === 'Cloudflare-Workers'

/** All orders in which two requests commit and their answers arrive. Node tries them with each style. */
const SCHEDULES = STYLES.slice(inWorkerd ? 1 : 0).flatMap((style) =>
  ORDERS.flatMap((commits) => ORDERS.map((arrivals) => ({ style, commits, arrivals }))),
)

/** The same with one style: how a change is written does not matter any more once it is committed. */
const FEWER = SCHEDULES.filter(({ style }) => style === 'by a copy')

async function started(of: Case, place: Place): Promise<Stage> {
  const stage = new Stage(of, place)
  await stage.begin()
  return stage
}

describe.each(CASES)('$one beside $other', (of) => {
  for (const place of PLACES) {
    test(`${place}: in all orders`, async () => {
      for (const { style, commits, arrivals } of SCHEDULES) {
        const stage = await started(of, place)
        const answers = await committed(stage, commits, style)
        for (const which of arrivals) answers[which]()
        await stage.expectAfter(commits[1])
        expect(stage.shop.told('overwrote').length > 0).toBe(of.overwrites)
        // Now it settles.
        stage.shop.clock.advance(400)
        await stage.writeBeside(1)
        await stage.expectAfter(commits[1])
      }
    })

    test(`${place}: with a third request, and with seven writes and a fold in between`, async () => {
      let folds = 0
      for (const { style, commits, arrivals } of FEWER) {
        const stage = await started(of, place)
        const third = await stage.shop.begin()
        const answers = await committed(stage, commits, style)
        answers[arrivals[0]]()
        third.session.data['beside a third'] = 1
        await third.end()
        await stage.writeBeside(6)
        await stage.writeBeside(1)
        answers[arrivals[1]]()
        await stage.expectAfter(commits[1])
        await stage.writeBeside(1)
        await stage.expectAfter(commits[1])
        folds += stage.shop.told('folded').length
      }
      expect(folds).toBeGreaterThan(0)
    })
  }
})

test('a handler that only reads writes nothing', async () => {
  for (const of of CASES.filter(({ isSilent }) => isSilent)) {
    for (const place of PLACES) {
      const { shop } = await started(of, place)
      await shop.visit((session) => session.load('stored'))
      expect(shop.visitor.setCookies).toEqual([])
    }
  }
})
