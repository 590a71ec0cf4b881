import { z } from 'zod'

const part = z.string().optional()

function split(name: unknown): { first: string; last: string } {
  const [first = '', ...rest] = String(name).split(' ')
  return { first, last: rest.join(' ') }
}

export const release1 = {
  options: {
    version: 1,
    schema: z.object({ name: z.string() }),
    initial: () => ({ name: '' }),
  },
  set: (data: { name: string }, name: string) => {
    data.name = name
  },
  get: (data: { name: string }) => data.name,
}

// Writes the parts as well, and believes the whole.
export const release2 = {
  options: {
    version: 1,
    schema: z.object({ name: z.string(), first: part, last: part }),
    initial: () => ({ name: '', first: '', last: '' }),
  },
  set: (data: { name: string }, name: string) => {
    Object.assign(data, { name, ...split(name) })
  },
  get: (data: { name: string }) => data.name,
}

// Writes the whole as well, and believes the parts.
export const release3 = {
  options: {
    version: 2,
    migrate: { 1: (data: Record<string, unknown>) => ({ ...data, ...split(data['name']) }) },
    schema: z.object({ name: part, first: z.string(), last: z.string() }),
    initial: () => ({ name: '', first: '', last: '' }),
  },
  set: (data: { first: string; last: string }, name: string) => {
    Object.assign(data, { name, ...split(name) })
  },
  get: ({ first, last }: { first: string; last: string }) => `${first} ${last}`.trim(),
}

// Knows the parts only.
export const release4 = {
  options: {
    version: 3,
    migrate: {
      1: ({ name, ...rest }: Record<string, unknown>) => ({ ...rest, ...split(name) }),
      2: ({ name: _, ...rest }: Record<string, unknown>) => rest,
    },
    schema: z.object({ first: z.string(), last: z.string() }),
    initial: () => ({ first: '', last: '' }),
  },
  set: (data: { first: string; last: string }, name: string) => {
    Object.assign(data, split(name))
  },
  get: ({ first, last }: { first: string; last: string }) => `${first} ${last}`.trim(),
}
