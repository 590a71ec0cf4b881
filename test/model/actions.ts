/** What the handlers of the model do to a session. Written and printed as short texts. */

/**
 * `set`, `clear` … name the way of writing; `path` is where. In a path, `?3` is the element at 3 of a list, counted
 * round and round, `@k` the key of a map, `=v` the member of a set.
 */
export type Action =
  | { readonly kind: 'read' | 'destroy' | 'regenerate' }
  | { readonly kind: 'login'; readonly subject: string }
  | Writing

export interface Writing {
  readonly kind: Way
  readonly path: string
  /** What the same handler does elsewhere. */
  readonly also: Writing | undefined
}

const WAYS = [
  /** Sets a leaf to a new value, whatever was there; adds a member to a set. */
  'set',
  'inc',
  /** Raises a number to a new value, which another request may have passed. */
  'raise',
  /** Appends to a list, or starts one. */
  'push',
  /** Starts a list with a default, and appends to it. */
  'begin',
  'unshift',
  /** Puts something after the element. */
  'splice',
  /** Puts another one in the place of the element. */
  'swap',
  /** Takes the first item out of a list. */
  'shift',
  /** Takes every other item out of a list. */
  'filter',
  'sort',
  'reverse',
  'del',
  /** Deletes an entry of a map and sets it again, so that it is the last. */
  'move',
  /** Deletes all that is in an object, a map, a set or a list, not the thing itself. */
  'clear',
  /** Assigns an object with one new member. */
  'replace',
  /** Assigns an empty object. */
  'empty',
  /** Claims a key, and appends to a list in the same response. */
  'once',
  /** In the list of tags: adds one that may be there already at the end, or at the front; takes out the first, or all. */
  'tag',
  'tagfirst',
  'untag',
  'untagall',
] as const
export type Way = (typeof WAYS)[number]

export function isWriting(action: Action): action is Writing {
  return 'path' in action
}

export function textOfAction(action: Action): string {
  if (action.kind === 'login') return `login ${action.subject}`
  if (!isWriting(action)) return action.kind
  const text = `${action.kind} ${action.path}`
  return action.also ? `${text} & ${textOfAction(action.also)}` : text
}

export function parseAction(text: string): Action {
  const [word, detail] = text.split(' ')
  if (word === 'read' || word === 'destroy' || word === 'regenerate') return { kind: word }
  if (detail !== undefined && word === 'login') return { kind: word, subject: detail }
  const writing = text
    .split(' & ')
    .map(parseWriting)
    .reduceRight<Writing | undefined>((also, one) => ({ ...one, also }), undefined)
  if (!writing) throw new Error(`No action: ${text}`)
  return writing
}

function parseWriting(text: string): Writing {
  const [word, path] = text.split(' ')
  const kind = WAYS.find((way) => way === word)
  if (kind === undefined || path === undefined) throw new Error(`No action: ${text}`)
  return { kind, path, also: undefined }
}
