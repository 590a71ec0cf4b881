/** A revocation store with faults: it lies for a while, fails, hangs, or answers nonsense. */
import type { RegistryReply, RegistryRequest, RevocationStore } from '../../src/index.ts'

/** What goes wrong. The test changes it whenever it likes. */
export interface MarksPlan {
  /** What happens to each call, or to those that only read or only write. */
  fault?: 'fails' | 'hangs' | 'garbles' | undefined
  on?: 'reads' | 'writes' | undefined
  /** So many ms what was written does not show, as with an eventually consistent store. */
  liesMs?: number
}

export interface FaultyMarks extends RevocationStore {
  readonly plan: MarksPlan
}

interface Written {
  readonly at: number
  readonly before: string | undefined
}

export function faultyMarks(inner: RevocationStore, clock: () => number): FaultyMarks {
  const plan: MarksPlan = {}
  const written = new Map<string, Written>()
  const known = new Map<string, { at: number; reply: RegistryReply }>()
  const { registry } = inner

  function check(kind: 'reads' | 'writes'): Promise<never> | undefined {
    if (plan.on !== undefined && plan.on !== kind) return undefined
    if (plan.fault === 'fails') return Promise.reject(new Error('the store is down'))
    return plan.fault === 'hangs' ? new Promise(() => {}) : undefined
  }

  const isNew = (at: number | undefined) => at !== undefined && clock() - at < (plan.liesMs ?? 0)

  async function ask(subject: string, request: RegistryRequest): Promise<RegistryReply> {
    if (!registry) throw new Error('no registry')
    const isRead = request.do === 'check' || request.do === 'list'
    await check(isRead ? 'reads' : 'writes')
    const last = known.get(subject)
    if (isRead && last && isNew(last.at)) return last.reply
    // It lies for so long and no longer, whatever is written meanwhile.
    if (!isRead && !isNew(last?.at)) {
      const login = 'row' in request ? request.row.login : 'none-at-all---'
      const before = await registry.ask(subject, { do: 'check', login })
      known.set(subject, { at: clock(), reply: before })
    }
    const reply = await registry.ask(subject, request)
    return plan.fault === 'garbles' && isRead ? { ...reply, mark: 'nonsense' } : reply
  }

  return {
    plan,
    isImmediate: inner.isImmediate,

    async get(keys) {
      await check('reads')
      const marks = await inner.get(keys)
      if (plan.fault === 'garbles') return keys.map(() => 'nonsense')
      return keys.map((key, i) => {
        const one = written.get(key)
        return one && isNew(one.at) ? one.before : marks[i]
      })
    },

    async put(key, mark, ttlSeconds) {
      await check('writes')
      const [before] = await inner.get([key])
      written.set(key, { at: clock(), before })
      await inner.put(key, mark, ttlSeconds)
    },

    registry: registry && { ask },
  }
}
