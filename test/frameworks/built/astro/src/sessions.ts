import { createSessions } from 'carryon'

export type Data = { cart: Record<string, number> }

export const sessions = createSessions<Data>(() => ({
  secrets: process.env.SESSION_SECRETS,
  initial: () => ({ cart: {} }),
}))
