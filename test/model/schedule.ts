/** Schedules: flat lists of short steps, which are printed and read as text. */
import fc from 'fast-check'
import { type Action, parseAction, textOfAction } from './actions.ts'
import { writings } from './writings.ts'

export type Step = {
  /** Seconds that pass before it. */
  readonly after: number
} & (
  | {
      readonly does: 'send'
      readonly request: number
      /** How many seconds the node's clock is ahead. */
      readonly clock: number
      /** Without cookies, as a request that another site makes. */
      readonly bare: boolean
      readonly action: Action
    }
  /** `commit`: the server is done. `part`: the first cookie of the answer arrives. `answer`: all of it. `drop`: no more. */
  | { readonly does: 'commit' | 'part' | 'answer' | 'drop'; readonly request: number }
)

export interface Schedule {
  /** Of the random bytes. */
  readonly seed: number
  /** The idle timeout, in seconds. */
  readonly idle: number
  /** How many characters of the state never change. */
  readonly filler: number
  readonly steps: readonly Step[]
}

/** How many requests are in flight at the most. */
export const MOST_IN_FLIGHT = 12

export function textOfStep(step: Step): string {
  const time = step.after === 0 ? '' : `+${step.after}s `
  if (step.does !== 'send') return `${time}${step.does} ${step.request}`
  const clock = step.clock === 0 ? '' : ` @${step.clock}`
  return `${time}send ${step.request}${clock}${step.bare ? ' bare' : ''} ${textOfAction(step.action)}`
}

export function textOfSchedule({ seed, idle, filler, steps }: Schedule): string {
  const head = `seed ${seed}, idle ${idle} s, filler ${filler}`
  return [head, ...steps.map(textOfStep)].join('\n')
}

const STEP =
  /^(?:\+([\d.]+)s )?(send|commit|part|answer|drop) (\d+)(?: @(-?[\d.]+))?( bare)?(?: (.+))?$/

export function parseStep(text: string): Step {
  const [, time = '0', does, number, clock = '0', bare, action = ''] = STEP.exec(text) ?? []
  const [after, request] = [Number(time), Number(number)]
  if (does === 'commit' || does === 'part' || does === 'answer' || does === 'drop')
    return { after, does, request }
  if (does !== 'send') throw new Error(`No step: ${text}`)
  return {
    after,
    does,
    request,
    clock: Number(clock),
    bare: bare !== undefined,
    action: parseAction(action),
  }
}

const change = fc.oneof(
  { arbitrary: fc.constant<Action>({ kind: 'destroy' }), weight: 2 },
  { arbitrary: fc.constant<Action>({ kind: 'regenerate' }), weight: 1 },
  {
    arbitrary: fc.constantFrom('eva', 'kim').map((subject): Action => ({ kind: 'login', subject })),
    weight: 2,
  },
)

const seconds = (min: number, max: number) =>
  fc.integer({ min: min * 10, max: max * 10 }).map((n) => n / 10)

/** What a raw step does; which request it means is found out when all of them are known. */
interface Raw {
  readonly after: number
  readonly does: Step['does']
  /** Whether the same is sent once more at once, as by a double click. */
  readonly twice: boolean
  readonly pick: number
  readonly clock: number
  readonly bare: boolean
  readonly action: Action
}

export interface Kind {
  /** How long the lists of steps are at the most. */
  readonly steps: number
  /** Whether sessions start, end and change hands. */
  readonly sessions: boolean
  /** The idle timeouts to choose from, in seconds. */
  readonly idle: readonly number[]
  /** Whether a session is there before requests come at once. */
  readonly begun: boolean
  /** Pauses of minutes come up once in so many steps. */
  readonly pauses: number
  /** How long they are at the most, in seconds. */
  readonly longest: number
}

export function schedules(kind: Kind): fc.Arbitrary<Schedule> {
  return fc.constantFrom(...writings).chain((write) => schedulesOf(kind, write))
}

function schedulesOf(
  { steps, sessions, idle, begun, pauses, longest }: Kind,
  write: fc.Arbitrary<Action>,
): fc.Arbitrary<Schedule> {
  const raw: fc.Arbitrary<Raw> = fc.record({
    after: fc.oneof(
      { arbitrary: fc.constant(0), weight: pauses / 2 },
      { arbitrary: seconds(0, 6), weight: pauses / 2 },
      { arbitrary: seconds(10, 100), weight: 1 },
      { arbitrary: fc.integer({ min: 100, max: longest }), weight: 1 },
    ),
    does: fc.oneof(
      { arbitrary: fc.constant('send' as const), weight: 8 },
      { arbitrary: fc.constant('answer' as const), weight: 6 },
      { arbitrary: fc.constant('commit' as const), weight: 3 },
      { arbitrary: fc.constant('drop' as const), weight: 1 },
      { arbitrary: fc.constant('part' as const), weight: 1 },
    ),
    twice: fc.nat(15).map((n) => n === 15),
    pick: fc.nat(MOST_IN_FLIGHT - 1),
    clock: fc.constantFrom(0, 0, -30, 30, 30, -30, 7),
    bare: sessions ? fc.nat(20).map((n) => n === 20) : fc.constant(false),
    action: fc.oneof(
      { arbitrary: write, weight: 12 },
      { arbitrary: fc.constant<Action>({ kind: 'read' }), weight: 2 },
      ...(sessions ? [{ arbitrary: change, weight: 2 }] : []),
    ),
  })
  return fc
    .record({
      seed: fc.noShrink(fc.nat()),
      idle: fc.constantFrom(...idle),
      filler: fc.constantFrom(0, 0, 1300),
      steps: fc.array(raw, { minLength: 4, maxLength: steps, size: 'max' }),
    })
    .map((schedule) => ({
      ...schedule,
      steps: [...(begun ? BEGINNING : []), ...resolve(schedule.steps)],
    }))
}

const BEGINNING = ['send 0 set a', 'answer 0'].map(parseStep)

function resolve(raws: readonly Raw[]): Step[] {
  const steps: Step[] = []
  let inFlight: number[] = []
  let sent = 0
  let late = 0
  for (const { after, does, pick, clock, bare, action, twice } of raws) {
    late += after
    const request = does === 'send' ? ++sent : inFlight[pick % Math.max(1, inFlight.length)]
    if (request === undefined || (does === 'send' && inFlight.length >= MOST_IN_FLIGHT)) continue
    const time = Math.round(late * 10) / 10
    late = 0
    if (does === 'send') {
      inFlight.push(request)
      steps.push({ after: time, does, request, clock, bare, action })
      if (!twice || inFlight.length >= MOST_IN_FLIGHT) continue
      inFlight.push(++sent)
      steps.push({ after: 0, does, request: sent, clock, bare, action })
    } else {
      if (does === 'answer' || does === 'drop')
        inFlight = inFlight.filter((other) => other !== request)
      steps.push({ after: time, does, request })
    }
  }
  return steps
}
