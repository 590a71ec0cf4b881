/** Targets of `revoke()` that mean two things, or one by mistake, do not compile. */
import { expectTypeOf, test } from 'vitest'
import type { RevocationTarget } from '../../src/index.ts'

test('a target is one of a session, a user, all others of a user, or a key', () => {
  const session = 'x'.repeat(22)
  expectTypeOf({ session }).toExtend<RevocationTarget>()
  expectTypeOf({ session, subject: 'ada' }).toExtend<RevocationTarget>()
  expectTypeOf({ subject: 'ada' }).toExtend<RevocationTarget>()
  expectTypeOf({ subject: 'ada', except: session }).toExtend<RevocationTarget>()
  expectTypeOf({ key: 'tenant' }).toExtend<RevocationTarget>()
  expectTypeOf({ subject: 'ada', key: 'tenant' }).not.toExtend<RevocationTarget>()
  expectTypeOf({ session, key: 'tenant' }).not.toExtend<RevocationTarget>()
  expectTypeOf({ session, except: session }).not.toExtend<RevocationTarget>()
  expectTypeOf<{ subject: string; except: undefined }>().not.toExtend<RevocationTarget>()
  expectTypeOf<{ subject: string; except: string | undefined }>().not.toExtend<RevocationTarget>()
})
