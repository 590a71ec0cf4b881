import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import {
  CarryonError,
  OverflowUnavailable,
  RevocationUnavailable,
  SessionTooLarge,
} from '../src/errors.ts'

/** An error as the demo's API tells it. Nothing was saved when one is told. */
export interface Explanation {
  readonly status: ContentfulStatusCode
  readonly error: string
  readonly code?: string
  readonly largest?: SessionTooLarge['largest']
}

/** Turns what a handler or the commit threw into an answer. */
export function explain(error: unknown): Explanation {
  if (error instanceof SessionTooLarge) {
    const { code, message, largest } = error
    return { status: 413, error: message, code, largest }
  }
  if (error instanceof OverflowUnavailable || error instanceof RevocationUnavailable) {
    return { status: 503, error: error.message, code: error.code }
  }
  if (error instanceof CarryonError) return { status: 500, error: error.message, code: error.code }
  if (error instanceof HTTPException)
    return { status: error.status as ContentfulStatusCode, error: error.message }
  console.error(error)
  return { status: 500, error: 'This node has a bug. It said more on its standard error.' }
}
