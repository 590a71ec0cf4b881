import { z } from 'zod'

export const release1 = {
  options: {
    version: 1,
    schema: z.object({ name: z.string() }),
    initial: () => ({ name: 'guest' }),
  },
  set: (data: { name: string }, name: string) => {
    data.name = name
  },
  get: (data: { name: string }) => data.name,
}

// Writes both, and believes the old one.
export const release2 = {
  options: {
    version: 1,
    schema: z.object({ name: z.string(), fullName: z.string().optional() }),
    initial: () => ({ name: 'guest', fullName: 'guest' }),
  },
  set: (data: { name: string; fullName?: string | undefined }, name: string) => {
    data.name = name
    data.fullName = name
  },
  get: (data: { name: string }) => data.name,
}

// Writes both, and believes the new one.
export const release3 = {
  options: {
    version: 2,
    migrate: {
      1: ({ name, ...rest }: Record<string, unknown>) => ({ ...rest, name, fullName: name }),
    },
    schema: z.object({ name: z.string().optional(), fullName: z.string() }),
    initial: () => ({ name: 'guest', fullName: 'guest' }),
  },
  set: (data: { name?: string | undefined; fullName: string }, name: string) => {
    data.name = name
    data.fullName = name
  },
  get: (data: { fullName: string }) => data.fullName,
}

// Knows the new one only.
export const release4 = {
  options: {
    version: 3,
    migrate: {
      1: ({ name, ...rest }: Record<string, unknown>) => ({ ...rest, fullName: name }),
      2: ({ name: _, ...rest }: Record<string, unknown>) => rest,
    },
    schema: z.object({ fullName: z.string() }),
    initial: () => ({ fullName: 'guest' }),
  },
  set: (data: { fullName: string }, name: string) => {
    data.fullName = name
  },
  get: (data: { fullName: string }) => data.fullName,
}
