import type { Session } from 'carryon'
import type { Data } from './sessions.server.ts'

declare global {
  namespace App {
    interface Locals {
      session: Session<Data>
    }
  }
}
