import { z } from 'zod'
import type { SchemaSessionOptions } from '../../src/index.ts'
const Z = z.object({ cart: z.record(z.string(), z.number()).default({}), at: z.coerce.date() })
declare function f<D extends object>(o: SchemaSessionOptions<D>): D
export const a = f({ secrets: 's', schema: Z, initial: () => ({ cart: {}, at: new Date() }) })
declare function g<D extends object>(o: SchemaSessionOptions<D> | ((c: number) => SchemaSessionOptions<D>)): D
export const b = g({ secrets: 's', schema: Z, initial: () => ({ cart: {}, at: new Date() }) })
