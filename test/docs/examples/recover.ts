import { SchemaInvalid, type Session } from '../../../src/index.ts'

type Data = { user?: { id: string; seen?: number | undefined } | undefined; hits: number }

/** The data, or new data where the schema rejects it. */
export function dataOf(session: Session<Data>): Data {
  try {
    return session.data
  } catch (error) {
    if (!(error instanceof SchemaInvalid)) throw error
    session.data = { hits: 0 }
    return session.data
  }
}
