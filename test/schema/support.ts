import type { SessionOptions } from '../../src/index.ts'
import { Clock, type Loose, Shop, Visitor } from '../support/visitor.ts'

/** What a node of a test is configured with, apart from what all nodes share. */
export type NodeOptions = Partial<SessionOptions<Loose>>

/** Nodes with options of their own, which one visitor visits. */
export class Site {
  readonly clock = new Clock()
  readonly visitor: Visitor = new Visitor(this.clock)

  node(options: NodeOptions = {}): Shop {
    return new Shop(options, { clock: this.clock, visitor: this.visitor })
  }
}

/** A plain node that shows what is sealed, whatever schemas make of it. */
export function bare(site: Site, options: NodeOptions = {}): Promise<Loose> {
  return site.node(options).look()
}

/** What a test changes in place, typed as the test needs it. */
export function part<T extends object>(data: Loose, key: string, like: T): T {
  const value = data[key]
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(like))
    throw new TypeError(`${key} is not what the test expects`)
  return value as T
}
