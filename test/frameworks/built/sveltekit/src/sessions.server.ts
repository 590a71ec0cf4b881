import { createSessions } from 'carryon'

export type Data = { cart: Record<string, number> }

// A function: asked for at the first request, so that `vite build` needs no secret.
export const sessions = createSessions<Data>(() => ({
  secrets: process.env.SESSION_SECRETS,
  initial: () => ({ cart: {} }),
}))
