/**
 * What `docs/security.md` claims, mutants that break it, and the test that tells. `claim` is the first cell of the row
 * there. Whoever changes a line that stands here changes it here, too.
 */

/** One edit of one file, and the test that must fail for it. */
export interface Mutant {
  readonly claim: string
  /** What the mutant does wrong. */
  readonly what: string
  readonly file: string
  /** A text that stands in the file once, and what takes its place. */
  readonly from: string
  readonly to: string
  readonly test: string
  /** A part of the names of the tests that count. */
  readonly name: string
}

type Edit = readonly [what: string, file: string, from: string, to: string]

/** Mutants of one claim that one test catches. */
function of(claim: string, test: string, name: string, ...edits: readonly Edit[]): Mutant[] {
  return edits.map(([what, file, from, to]) => ({
    claim,
    what,
    file: `src/${file}`,
    from,
    to,
    test: `test/${test}.test.ts`,
    name,
  }))
}

const ATTRIBUTES = ['session/cookies', 'the attributes of a cookie are exactly'] as const
const HOSTILE = 'a hostile cookie gives a new empty session and one event with a reason:'

const cookies: readonly Mutant[] = [
  ...of(
    '3.3.1',
    ...ATTRIBUTES,
    ['no Secure', 'http/cookies.ts', "secure ? '; Secure' : ''", "secure ? '' : ''"],
    ['no prefix', 'options/resolve.ts', 'prefix: `${prefix}${name}.`', 'prefix: `${name}.`'],
  ),
  ...of(
    '3.3.2',
    ...ATTRIBUTES,
    ['no SameSite', 'http/cookies.ts', '; HttpOnly; SameSite=${sameSite}`', '; HttpOnly`'],
    [
      'None unless configured',
      'options/resolve.ts',
      "{ domain, path = '/', sameSite = 'Lax', partitioned = false }: CookieOptions",
      "{ domain, path = '/', sameSite = 'None', partitioned = false }: CookieOptions",
    ],
  ),
  ...of('3.3.3', ...ATTRIBUTES, [
    '__Secure- always',
    'options/resolve.ts',
    "? '__Host-' : '__Secure-'",
    "? '__Secure-' : '__Secure-'",
  ]),
  ...of('3.3.4', ...ATTRIBUTES, ['no HttpOnly', 'http/cookies.ts', '; HttpOnly; S', '; S']),
  ...of(
    '3.3.5',
    'session/cookies',
    'each cookie is at most 4,096 bytes of name plus value, and no browser drops one',
    ['4,300 bytes', 'http/cookies.ts', 'MAX_COOKIE_BYTES = 4096', 'MAX_COOKIE_BYTES = 4300'],
  ),
  ...of('7.6.2', 'session/quiet', 'no Set-Cookie leaves', [
    'a session starts with nothing in it',
    'session/classify.ts',
    'draft.told.onceKeys.length === 0 &&',
    'draft.told.onceKeys.length > 0 &&',
  ]),
  ...of(
    '14.3.1',
    'session/identity',
    'leaves a tombstone that holds no data, for as long as the session could have lived',
    [
      'a tombstone for a minute',
      'session/commit.ts',
      'const expires = lastEndOf(now + LATE_SECONDS * 1000, options)',
      'const expires = now + 60_000',
    ],
    [
      'the cookies of the session stay',
      'log/lives/lifecycle.ts',
      'const remove = all.filter((each) => !view.unplaced.includes(each))',
      'const remove = all.filter((each) => view.unplaced.includes(each))',
    ],
  ),
  ...of(
    '14.3.3',
    'security/inspection',
    'a session, new, opened, changed, committed or ended, whatever is in it',
    [
      'the request is a property of the session',
      'session/session.ts',
      '    this.#request = request\n',
      '    this.#request = request\n    Object.assign(this, { request: { draft: request.look() } })\n',
    ],
  ),
]

const sealing: readonly Mutant[] = [
  ...of('7.2.1', 'seal/jwe', 'never throws and never opens what was not sealed, whatever it is', [
    'a header that is none throws',
    'seal/jwe.ts',
    '  } catch {\n    return undefined\n  }\n}',
    '  } catch (error) {\n    throw error\n  }\n}',
  ]),
  ...of('7.2.2', 'seal/jwe', 'never makes the same token twice', [
    'a constant IV',
    'seal/jwe.ts',
    'crypto.getRandomValues(new Uint8Array(IV_BYTES))',
    'new Uint8Array(IV_BYTES).fill(7)',
  ]),
  ...of(
    '7.2.3',
    'security/randomness',
    'is the id of a session',
    [
      'Math.random',
      'session/request.ts',
      '=> crypto.getRandomValues(new Uint8Array(count))',
      '=> Uint8Array.from({ length: count }, () => Math.random() * 256)',
    ],
    [
      '64 bits',
      'session/request.ts',
      '=> crypto.getRandomValues(new Uint8Array(count))',
      '=> new Uint8Array(count).map((_, i) => i < 8 ? crypto.getRandomValues(new Uint8Array(1))[0] ?? 0 : 0)',
    ],
  ),
  ...of(
    '9.1.1',
    'seal/jwe',
    'refuses a token in which any one character is another one',
    ['the tag is not checked', 'seal/sync-aes.ts', '        decipher.final()\n', ''],
    [
      'several texts for one token',
      'seal/jwe.ts',
      "if (!token.split('.').every(isBase64Url)) return undefined",
      '',
    ],
  ),
  ...of('9.1.2', 'session/hostile', 'the shapes of RFC 7520 §5 that are not ours', [
    'any algorithm',
    'seal/jwe.ts',
    "alg !== 'dir' || enc !== 'A256GCM' ||",
    '',
  ]),
  ...of(
    '9.1.3',
    'seal/keyring',
    'refuses what it cannot know before any derivation',
    [
      'the newest secret for a kid that is not known',
      'seal/keyring.ts',
      'const secret = secrets[index]\n',
      'const secret = secrets[index] ?? secrets[0]\n',
    ],
    [
      'keys of any hour that is over',
      'seal/keyring.ts',
      'if (start + HOUR_MS < now - this.#maxAgeMs - HOUR_MS)',
      'if (start + HOUR_MS < 0)',
    ],
    [
      'keys of any hour to come',
      'seal/keyring.ts',
      'if (start > now + HOUR_MS)',
      'if (start > now * 2)',
    ],
  ),
  ...of('9.2.2', 'overflow/claim-check', 'takes no token of another kind', [
    'any kind of token is a value',
    'overflow/claim-check.ts',
    " || claims['k'] !== 'o'",
    '',
  ]),
  ...of(
    '9.2.3',
    'security/audience',
    'a cookie of one audience is nothing in another one',
    [
      'one key for all audiences',
      'seal/keyring.ts',
      '[hour, cookie, path, domain.toLowerCase(), audience]',
      "[hour, cookie, path, domain.toLowerCase(), '']",
    ],
    [
      'the audience of the first request is that of all',
      'options/resolve.ts',
      "typeof audience === 'string' ? audience : audience(url)",
      "typeof audience === 'string' ? audience : 'all'",
    ],
    [
      'what was opened for one is known for all',
      'seal/fragment.ts',
      'known?.keyring === keyring',
      'known',
    ],
  ),
  ...of(
    '9.2.3',
    'security/audience',
    'a cookie is nothing',
    [
      'one key for all prefixes and names',
      'seal/keyring.ts',
      '[hour, cookie, path, domain.toLowerCase(), audience]',
      "[hour, '', path, domain.toLowerCase(), audience]",
    ],
    [
      'one key for all paths',
      'seal/keyring.ts',
      '[hour, cookie, path, domain.toLowerCase(), audience]',
      "[hour, cookie, '', domain.toLowerCase(), audience]",
    ],
    [
      'one key for all domains',
      'seal/keyring.ts',
      '[hour, cookie, path, domain.toLowerCase(), audience]',
      "[hour, cookie, path, '', audience]",
    ],
    [
      'one key for all prefixes',
      'options/resolve.ts',
      'scopeOf(prefix.slice(0, -1), {',
      'scopeOf(name, {',
    ],
    [
      'what was opened at one path is known at all',
      'seal/fragment.ts',
      'known?.keyring === keyring',
      'known',
    ],
    [
      'all addresses have the keys of the first',
      'options/resolve.ts',
      "typeof audience === 'string' && attributes === cookies.secure",
      "typeof audience === 'string'",
    ],
  ),
  ...of(
    '9.2.4',
    'seal/keyring',
    'is another one for another prefix, path, domain and audience, whatever their texts are',
    [
      'one key for all prefixes',
      'seal/keyring.ts',
      'const purpose = [hour, cookie, path',
      "const purpose = [hour, cookie.replace(/^__[^-]*-/, ''), path",
    ],
    [
      'one key for all paths',
      'seal/keyring.ts',
      '[hour, cookie, path, domain.toLowerCase(), audience]',
      "[hour, cookie, '', domain.toLowerCase(), audience]",
    ],
    [
      'one key for all domains',
      'seal/keyring.ts',
      '[hour, cookie, path, domain.toLowerCase(), audience]',
      "[hour, cookie, path, '', audience]",
    ],
    [
      'one key for all audiences',
      'seal/keyring.ts',
      '[hour, cookie, path, domain.toLowerCase(), audience]',
      "[hour, cookie, path, domain.toLowerCase(), '']",
    ],
    [
      'texts that run into one another',
      'seal/keyring.ts',
      '`carryon/1 ${JSON.stringify(purpose)}`',
      "`carryon/1 ${purpose.join('')}`",
    ],
  ),
  ...of(
    '11.2.5',
    'session/hostile',
    HOSTILE,
    [
      'a text that is no UTF-8 throws',
      'seal/jwe.ts',
      "return { ok: false, reason: 'invalid' }\n  }\n}",
      "throw new Error('invalid')\n  }\n}",
    ],
    [
      'a fragment under another name counts',
      'seal/fragment.ts',
      'return fragment.id === id\n',
      "return fragment.id !== ''\n",
    ],
  ),
  ...of('11.3.2', 'seal/jwe', 'makes a JWE that any JOSE library can read', [
    'the header is not authenticated',
    'seal/sync-aes.ts',
    "      cipher.setAAD(Buffer.from(aad, 'latin1'))\n      const ciphertext",
    '      const ciphertext',
  ]),
  ...of('11.3.3', 'seal/jwe', 'refuses a token in which any one character is another one', [
    'the tag is not checked',
    'seal/sync-aes.ts',
    '        decipher.final()\n',
    '',
  ]),
  ...of(
    '11.3.4',
    'seal/keyring',
    'is another one for another hour, another name and another secret',
    [
      'one key for all hours',
      'seal/keyring.ts',
      '[hour, cookie, path, domain.toLowerCase(), audience]',
      '[cookie, path, domain.toLowerCase(), audience]',
    ],
  ),
  ...of(
    '11.3.4',
    'security/randomness',
    'are the IVs',
    [
      'an IV of 32 random bits',
      'seal/jwe.ts',
      'crypto.getRandomValues(new Uint8Array(IV_BYTES))',
      'new Uint8Array(IV_BYTES).map((_, i) => i < 4 ? crypto.getRandomValues(new Uint8Array(1))[0] ?? 0 : 0)',
    ],
    [
      'an IV that counts',
      'seal/jwe.ts',
      'crypto.getRandomValues(new Uint8Array(IV_BYTES))',
      'new Uint8Array(IV_BYTES).fill(text.length)',
    ],
  ),
  ...of('11.5.1', 'security/randomness', 'are the names under which values stand in the store', [
    'Math.random',
    'overflow/claim-check.ts',
    'crypto.getRandomValues(new Uint8Array(KEY_BYTES))',
    'Uint8Array.from({ length: KEY_BYTES }, () => Math.random() * 256)',
  ]),
  ...of('13.3.1', 'cli/run', 'carryon secret prints a secret that the options take', [
    '16 bytes',
    'cli/run.ts',
    'const SECRET_BYTES = 32',
    'const SECRET_BYTES = 16',
  ]),
  ...of(
    '13.3.4',
    'security/keys',
    'distribute, seal, retire an idle timeout later: no request on any node finds no session',
    [
      'only the newest secret opens',
      'seal/keyring.ts',
      'if (!secret) return',
      'if (!secret || index > 0) return',
    ],
  ),
  ...of(
    '13.3.4',
    'security/rotation',
    'what a node could read is all there when they agree again',
    [
      'settles what it cannot place',
      'opening/view.ts',
      'const unread = unopened > 0 || maybeOthers',
      'const unread = false',
    ],
  ),
]

const lives: readonly Mutant[] = [
  ...of(
    '7.2.4',
    'session/identity',
    'is kept, and gives the session a new id wherever it is assigned',
    [
      'a login keeps the id',
      'session/draft.ts',
      "    this.ties = new Ties()\n    this.intent = 'new-id'\n",
      '    this.ties = new Ties()\n',
    ],
  ),
  ...of(
    '7.2.4',
    'session/identity',
    'wins over answers to slower requests that still used the old id',
    [
      'what a session grew out of counts again',
      'log/reading/choose.ts',
      'living.filter(({ sid }) => !followed.has(prefixOf(sid))).sort(byRank)',
      'living.sort((a, b) => -byRank(a, b))',
    ],
  ),
  ...of(
    '7.3.1',
    'security/lifetime',
    'the idle timeout holds to the second by the clock of the one that opens',
    ['no idle timeout', 'opening/view.ts', 'if (until > now) return', 'if (until > 0) return'],
    [
      'a minute more',
      'opening/view.ts',
      'if (until > now) return',
      'if (until + 60_000 > now) return',
    ],
  ),
  ...of(
    '7.3.2',
    'security/lifetime',
    'the absolute timeout holds to the second, however often it was renewed',
    ['renewed beyond it', 'opening/lifetime.ts', 'return idle < end ?', 'return idle < Infinity ?'],
  ),
  ...of(
    '9.2.1',
    'security/lifetime',
    'the idle timeout holds to the second by the clock of the one that opens',
    [
      'honoured for a second too long',
      'opening/view.ts',
      'if (until > now) return',
      'if (until + 1000 > now) return',
    ],
  ),
  ...of(
    '7.4.1',
    'session/identity',
    'is not undone by slower requests that write, renew, regenerate or log in again',
    [
      'tombstones are ignored',
      'log/reading/choose.ts',
      'graves.some((grave) => ends(grave, identity))',
      'false',
    ],
    [
      'no tombstone is left',
      'log/lives/lifecycle.ts',
      'if (!next) return { put: [grave], remove }',
      'if (!next) return { put: [], remove }',
    ],
  ),
  ...of('7.4.1', 'session/ends', 'is not undone by the same login, sent twice and answered late', [
    'what had not seen the end lives',
    'log/reading/graves.ts',
    'return end !== undefined && (session',
    'return end === null && (session',
  ]),
  ...of(
    'another user gets nothing of the last one',
    'session/log-ins',
    'starts from initial(), without anything of the user before',
    [
      'the data stays',
      'session/draft.ts',
      'subject !== this.subject) this.#startAnew(keep)',
      'subject === undefined) this.#startAnew(keep)',
    ],
    ['the messages stay', 'session/draft.ts', '    this.messages = new Messages({})\n', ''],
  ),
  ...of(
    'the absolute timeout goes on through every new id',
    'session/log-ins',
    'authenticatedAt is the time of the last login, through every new id',
    [
      'a new id starts it anew',
      'session/classify.ts',
      '(isReplaced ? current.base.identity.start / 1000 : undefined)',
      'undefined',
    ],
  ),
  ...of(
    'a lowered timeout holds for older sessions',
    'session/log-ins',
    'timeouts that were lowered hold for older sessions, the idle one within an hour',
    [
      'the idle one does not',
      'opening/lifetime.ts',
      'Math.min(current.expires, sealedBefore + term.idleMs)',
      'current.expires',
    ],
    [
      'the absolute one does not',
      'opening/lifetime.ts',
      'Math.min(life.absolute ?? limits.absoluteTimeout, limits.maxAbsoluteTimeout)',
      '(life.absolute ?? 43_200)',
    ],
  ),
  ...of(
    'two sessions that never met are not united',
    'session/starts',
    'that started more than 70 s apart, or that somebody is logged in to, or that got another id',
    ['an hour apart', 'log/format/clocks.ts', 'SPREAD_SECONDS + 10\n', '3600\n'],
    ['with a user', 'log/reading/siblings.ts', '!isOfFirstVisit(one)', 'false'],
  ),
  ...of(
    'a request without its cookies replaces nothing',
    'session/starts',
    'neither replaces the session nor writes into it, and its own goes',
    [
      'it counts as a first visit',
      'http/facts.ts',
      "if (!isCrossSite || sameSite === 'None') return false",
      'return false',
    ],
    [
      'its session is none that yields',
      'log/lives/lifecycle.ts',
      'isWithheld || (view.unread && subject',
      '(view.unread && subject',
    ],
  ),
]

const FORKS = 'security/forks'
const VALID = 'valid cookies are opened and merged up to a bound'
const FETCHED = 'what is fetched from the store is bounded'

const hostile: readonly Mutant[] = [
  ...of(
    'bounded work',
    'security/bounds',
    'takes 23 failed decryptions at most, and derives no key without need',
    [
      'no end of failures',
      'opening/judge.ts',
      'const MOST_FAILURES = 8',
      'const MOST_FAILURES = 800',
    ],
    ['all at once', 'opening/judge.ts', 'const AT_ONCE = 16', 'const AT_ONCE = 64'],
    [
      'a key for any hour',
      'seal/keyring.ts',
      'if (start + HOUR_MS < now - this.#maxAgeMs - HOUR_MS)',
      'if (start + HOUR_MS < 0)',
    ],
  ),
  ...of(
    'bounded work',
    'security/bounds',
    'keeps no memory: hundreds of kids leave 128 keys at most',
    [
      'keys are kept for ever',
      'seal/keyring.ts',
      'this.#keys.size >= MAX_CACHED_KEYS',
      'this.#keys.size >= 1e9',
    ],
  ),
  ...of('bounded work', 'seal/seen', '', [
    'opened cookies are kept for ever',
    'seal/seen.ts',
    'if (this.#bytes <= this.#maxBytes) return',
    'if (this.#maxBytes > 0) return',
  ]),
  ...of('bounded work', 'http/cookies', 'up to 64 of them, and those beyond are counted', [
    'any number',
    'http/cookies.ts',
    'export const MAX_FRAGMENTS = 64',
    'export const MAX_FRAGMENTS = 640',
  ]),
  ...of(
    'bounded work',
    'http/cookies',
    'up to 4,096 bytes of name and value, and larger ones are told apart',
    ['any size', 'http/cookies.ts', 'text.length - 1 > MAX_COOKIE_BYTES', 'text.length - 1 > 1e9'],
  ),
  ...of(
    VALID,
    FORKS,
    'are decrypted up to 32,768 bytes and 64 cookies',
    [
      'twice as many bytes',
      'http/cookies.ts',
      'MAX_OPENED_BYTES = 32_768',
      'MAX_OPENED_BYTES = 65_536',
    ],
    ['twice as many cookies', 'http/cookies.ts', 'MAX_FRAGMENTS = 64', 'MAX_FRAGMENTS = 128'],
    ['any number of bytes', 'http/cookies.ts', ' || bytes > left) return', ') return'],
    [
      'bytes count only where there are too many cookies',
      'http/cookies.ts',
      'found.length <= MAX_FRAGMENTS && total <= MAX_OPENED_BYTES',
      'found.length <= MAX_FRAGMENTS',
    ],
  ),
  ...of(
    VALID,
    FORKS,
    'are merged up to 1,000 values and ops, however short they are',
    ['any number', 'opening/judge.ts', 'MAX_CONTENT = 1000', 'MAX_CONTENT = 1e9'],
    ['half as many again', 'opening/judge.ts', 'MAX_CONTENT = 1000', 'MAX_CONTENT = 1500'],
    [
      'each cookie on its own',
      'opening/judge.ts',
      'else sum = total',
      'else sum = { ...total, nodes: 0 }',
    ],
    ['ops do not count', 'log/format/length.ts', '  count.nodes++\n  if (op.path', '  if (op.path'],
    [
      'what ops set does not count',
      'log/format/length.ts',
      'countTree(op.value, count)',
      'count.nodes += 0',
    ],
    [
      'nothing more once one was too much',
      'opening/judge.ts',
      'if (amountOf(total) > MAX_CONTENT) beyond.add(result)',
      'if (beyond.size > 0 || amountOf(more) > 100) beyond.add(result)',
    ],
  ),
  ...of(
    VALID,
    FORKS,
    'what is read does not depend on their order, and what is not is told',
    [
      'the first in the header are opened',
      'http/cookies.ts',
      'cookies.toSorted((a, b) => (a.id < b.id ? -1 : 1))',
      '[...cookies]',
    ],
    [
      'what is beyond is not told',
      'http/cookies.ts',
      'surplus += found.length - opened.length',
      'surplus += 0',
    ],
  ),
  ...of(
    VALID,
    FORKS,
    'a write deletes none of those that were not read, and each comes to count as the others are folded',
    [
      'it deletes them',
      'opening/judge.ts',
      "['unknown-key', 'not-yet-valid', 'too-many']",
      "['unknown-key', 'not-yet-valid']",
    ],
    [
      'what others were folded into does not come first',
      'http/cookies.ts',
      '[...sorted.filter(isFold), ...turns.filter((cookie) => cookie !== undefined)]',
      '[...turns.filter((cookie) => cookie !== undefined), ...sorted.filter(isFold)]',
    ],
  ),
  ...of(
    FETCHED,
    FORKS,
    'lead to no more reads than a session may have bytes',
    [
      'any number of bytes',
      'shown/stored.ts',
      'bytes <= maxBytes && fetching',
      'bytes > 0 && fetching',
    ],
    ['twice as many', 'fit/fit.ts', 'MERGED_SHARE = 1.5', 'MERGED_SHARE = 3'],
    [
      'each check on its own',
      'shown/stored.ts',
      'sum + check.bytes, fetching.bytes)',
      'Math.max(sum, check.bytes), fetching.bytes)',
    ],
  ),
  ...of(
    FETCHED,
    FORKS,
    'of which there are more than 48 are not fetched, and up to 48 are',
    ['any number of values', 'shown/stored.ts', 'MAX_FETCHES = 48', 'MAX_FETCHES = 480'],
    ['one less', 'shown/stored.ts', 'checks.length <= MAX_FETCHES', 'checks.length < MAX_FETCHES'],
  ),
  ...of(
    FETCHED,
    FORKS,
    'that are too much are not fetched at all; the rest shows, and one that is made smaller comes back',
    [
      'as many as there is room for',
      'shown/stored.ts',
      'if (depot && !hasRoom(',
      'if (depot && keys.length < 0 && !hasRoom(',
    ],
  ),
  ...of(
    FETCHED,
    FORKS,
    'lead to no read at all with lazy loading, and load() fetches what it is asked for, within the limit',
    [
      'lazy is eager',
      'shown/show.ts',
      "options.overflowLoad === 'eager' ||",
      'options.overflowLoad !== undefined ||',
    ],
    [
      'load() fetches whatever it is asked for',
      'shown/stored.ts',
      'if (depot && !reserve(depot, checks)) throw',
      'if (depot && !reserve(depot, checks) && checks.length < 0) throw',
    ],
    [
      'what was fetched before does not count',
      'shown/stored.ts',
      'depot.fetching.bytes += bytes',
      'depot.fetching.bytes = bytes',
    ],
  ),
  ...of(
    'valid cookies of any kind do no harm',
    'security/assembled',
    'no set of fragments crashes, depends on its order, mixes users or shows what has ended',
    [
      'tombstones are ignored',
      'log/reading/choose.ts',
      'graves.some((grave) => ends(grave, identity))',
      'false',
    ],
  ),
  ...of(
    'valid cookies of any kind do no harm',
    'security/assembled',
    'no request with them fails, writes to the console, or sets one cookie twice',
    [
      'what is set is deleted as well',
      'session/set-cookies.ts',
      'if (spared.has(id)) continue\n',
      '',
    ],
  ),
  ...of(
    'requests that start together lock nobody out where one node answers',
    'merging/bursts',
    'counts whole',
    ['a node remembers nothing', 'log/bursts/gather.ts', 'APART_WRITES = 6', 'APART_WRITES = 600'],
    [
      'it deletes nothing of what it wrote again',
      'log/bursts/gather.ts',
      'remove: [...covered.toReversed(), ...plan.remove]',
      'remove: plan.remove',
    ],
    [
      'it deletes what it has not written again',
      'log/bursts/gather.ts',
      'const all = [...open, own]',
      'const all = [...open.slice(1), own]',
    ],
  ),
  ...of(
    'once() counts once',
    'merging/together',
    'with once() happens once',
    [
      'a key that was taken counts again',
      'log/ops/replay.ts',
      'return open instanceof OpenObject && open.members.has(key)',
      "return open instanceof OpenObject && key === ''",
    ],
    [
      'only the claim is void',
      'log/ops/replay.ts',
      "if (ops.some((op) => op.kind === 'once' && hasKey(root, op.path))) continue",
      "if (ops.every((op) => op.kind === 'once' && hasKey(root, op.path))) continue",
    ],
    [
      'what is settled is forgotten',
      'data/told.ts',
      'if (Object.hasOwn(onceKeysOf(state), key)) return false',
      '',
    ],
  ),
  ...of('a jar of 50 cookies opens', 'security/bounds', 'of 50 valid ones opens whole', [
    'only 32',
    'http/cookies.ts',
    'export const MAX_FRAGMENTS = 64',
    'export const MAX_FRAGMENTS = 32',
  ]),
  ...of(
    'hostile input does no harm',
    'security/fuzz',
    '100,000 hostile inputs make no crash, no 500 and no console line:',
    [
      'a header that is none throws',
      'seal/jwe.ts',
      '  } catch {\n    return undefined\n  }\n}',
      '  } catch (error) {\n    throw error\n  }\n}',
    ],
  ),
  ...of(
    'two Set-Cookie of one name never leave',
    'security/bounds',
    'never leave, whatever requests do at once',
    [
      'what is set is deleted as well',
      'session/set-cookies.ts',
      'if (spared.has(id)) continue\n',
      '',
    ],
  ),
  ...of(
    'mixed cookies',
    'model/attack',
    'every subset of the cookies that a session ever had leads to a state that its requests made',
    [
      'logs apply without their parents',
      'log/reading/merge.ts',
      '(id) => isSettled(id) || present.has(digestOf(id))',
      '() => true',
    ],
  ),
  ...of(
    'what a client that adapts never reaches',
    'model/mixing',
    'reaches within seconds only merges of causally closed sets of writes: all of its histories up to five cookies',
    [
      'logs apply without their parents',
      'log/reading/merge.ts',
      '(id) => isSettled(id) || present.has(digestOf(id))',
      '() => true',
    ],
  ),
  ...of(
    'what a client that adapts never reaches',
    'model/mixing',
    'sees each increment once, one request in each atomic value, and nothing of other users: %s',
    [
      'what has settled counts again',
      'log/reading/fold.ts',
      'entry.id > horizon && !isFetched',
      'entry.id !== horizon && !isFetched',
    ],
  ),
  ...of('what holds together', 'security/role-mix', 'are not mixed by a client that %s', [
    'nothing is one value',
    'options/atomic.ts',
    'keys.length === steps.length &&',
    'keys.length === steps.length + 9 &&',
  ]),
  ...of(
    "the overflow store's faults",
    'session/store-faults',
    'never shows an older value in the place of a newer one',
    [
      'values are put under one key',
      'overflow/claim-check.ts',
      'const key = toBase64Url(crypto.getRandomValues(new Uint8Array(KEY_BYTES)))',
      "const key = name.padEnd(22, 'x').slice(0, 22)",
    ],
  ),
  ...of(
    "the overflow store's faults",
    'overflow/claim-check',
    'takes no value that another check, another session name or another secret put',
    [
      'values are not bound to their keys',
      'overflow/claim-check.ts',
      "  if (claims['jti'] !== check.key) return undefined\n",
      '',
    ],
    [
      'values are not bound to the session',
      'overflow/claim-check.ts',
      '(await digestOf(JSON.stringify(value))) === check.digest',
      "check.digest !== ''",
    ],
  ),
  ...of(
    'unknown cookies are not deleted, up to 4,096 bytes',
    'security/keys',
    'treats it as unknown, reports it, and does not delete it, read or written',
    [
      'they are',
      'opening/judge.ts',
      "['unknown-key', 'not-yet-valid', 'too-many']",
      "['not-yet-valid', 'too-many']",
    ],
  ),
  ...of(
    'unknown cookies are not deleted, up to 4,096 bytes',
    'security/unknown',
    'stay, up to 4,096 bytes of name and value',
    ['all of them stay', 'opening/judge.ts', 'UNKNOWN_BYTES = 4096', 'UNKNOWN_BYTES = 1_000_000'],
  ),
  ...of(
    'nothing shows in events and errors',
    'security/inspection',
    'errors of what is stored, of its size, of the store and of a schema, with their causes',
    [
      "a schema's messages are an own property",
      'errors.ts',
      '    this.#issues = issues\n',
      '    this.#issues = issues\n    Object.assign(this, { details: issues })\n',
    ],
    [
      'a value stands in the message',
      'tree/values.ts',
      '`a ${typeof value} is not data`',
      '`${String(value)} is not data`',
    ],
  ),
  ...of(
    'nothing shows in events and errors',
    'security/events',
    'numbers and words of closed lists, and nothing else',
    [
      'the id of a session in an event',
      'opening/view.ts',
      "emit({ type: 'opened', fragments: fragments.length })",
      "emit(Object.assign({ type: 'opened' as const, fragments: fragments.length }, { id: fragments[0]?.identity.sid }))",
    ],
  ),
  ...of(
    'weak secrets are refused',
    'seal/secrets',
    'a secret is refused, with a sentence that does not quote it,',
    ['quotes', 'seal/secrets.ts', '“”„‘’«]|', '“”„‘’«]{9}|'],
    ['white space', 'seal/secrets.ts', '/[\\s\\p{C}]/u.test(secret)', "secret === ''"],
    ['JSON', 'seal/secrets.ts', '.test(text.trim())', ".test('')"],
    ['examples', 'seal/guessable.ts', 'if (!EXAMPLE.test(secret)) return false', 'return false'],
    [
      'repeats',
      'seal/guessable.ts',
      'Math.max(repeatAt(lower, at), runAt(lower, at), rowAt(lower, at))',
      'Math.max(runAt(lower, at), rowAt(lower, at))',
    ],
    [
      'runs',
      'seal/guessable.ts',
      'Math.max(repeatAt(lower, at), runAt(lower, at), rowAt(lower, at))',
      'Math.max(repeatAt(lower, at), rowAt(lower, at))',
    ],
    [
      'rows of a keyboard',
      'seal/guessable.ts',
      'Math.max(repeatAt(lower, at), runAt(lower, at), rowAt(lower, at))',
      'Math.max(repeatAt(lower, at), runAt(lower, at))',
    ],
  ),
  ...of(
    'weak secrets are refused',
    'seal/secrets',
    'takes every secret that is random enough, and refuses every shorter one',
    ['16 bytes', 'seal/secrets.ts', 'MIN_SECRET_BYTES = 32', 'MIN_SECRET_BYTES = 16'],
  ),
  ...of(
    'no second registration is ignored',
    'hono/middleware',
    'refuses a second registration whose options would be ignored, and names them',
    [
      'other options are',
      'registrations.ts',
      'if (different.length > 0)',
      'if (different.length > 99)',
    ],
    ['stores and schemas are', 'registrations.ts', "['overflow', 'schema']", '[]'],
  ),
  ...of(
    'no second registration is ignored',
    'hono/middleware',
    'refuses two sessions of different variables with the same cookies',
    [
      'another variable is',
      'registrations.ts',
      'if (other.variable !== variable)',
      'if (other.variable === undefined)',
    ],
    [
      'another path opens the same cookies',
      'registrations.ts',
      'each.options.name === options.name',
      'each.options.cookies.secure.prefix === options.cookies.secure.prefix',
    ],
  ),
  ...of(
    'what fails in silence throws',
    'session/silent',
    'a session takes no properties: they would be lost',
    ['they are', 'session/session.ts', '    Object.preventExtensions(this)\n', ''],
  ),
  ...of(
    'the event unstorable',
    'session/cookies',
    'the event unstorable tells of cookies that no browser keeps at the address:',
    [
      'any domain is right',
      'http/address.ts',
      'return host === undefined || host === domain',
      "return host !== '' || host === domain",
    ],
    [
      'Secure over plain http is right',
      'http/address.ts',
      "? 'secure' : undefined",
      '? undefined : undefined',
    ],
  ),
]

const CACHING = ['http/caching', 'a response for which the session was read'] as const

const caches: readonly Mutant[] = [
  ...of('14.2.2', 'cache/shared-cache', "no user sees another one's page", [
    'nothing is said to caches',
    'http/caching.ts',
    '    ...cacheEdits(headers, cacheControl),\n',
    '',
  ]),
  ...of('14.2.2', 'cache/nginx', "no user sees another one's page", [
    'nothing is said to caches',
    'http/caching.ts',
    '    ...cacheEdits(headers, cacheControl),\n',
    '',
  ]),
  ...of(
    '14.3.2',
    ...CACHING,
    [
      'no Vary',
      'http/caching.ts',
      "[{ name: 'Vary', value: vary ? `${vary}, Cookie` : 'Cookie' }]",
      '[]',
    ],
    ['private is enough', 'http/caching.ts', 'const NO_STORE = 2', 'const NO_STORE = 1'],
    [
      'no-store beside must-understand counts',
      'http/caching.ts',
      " && !has('must-understand')",
      '',
    ],
    [
      'what stands in quotes counts',
      'http/caching.ts',
      'header.match(/(?:[^,"]|"(?:[^"\\\\]|\\\\(?:.|$))*(?:"|$))+/g)',
      'header.match(/[^,]+/g)',
    ],
    [
      'private beside public counts',
      'http/caching.ts',
      "has('public') || has('s-maxage')",
      'false',
    ],
    [
      'a qualified private counts',
      'http/caching.ts',
      "directives.includes('private') &&",
      "directives.some((each) => each.startsWith('private')) &&",
    ],
  ),
  ...of('a stricter header is never loosened', 'cache/shared-cache', 'never loosen Cache-Control', [
    'ours always takes its place',
    'http/caching.ts',
    'if (present === null || strictness(present) < wanted)',
    "if (present !== '')",
  ]),
  ...of(
    'headers for CDNs go',
    'http/caching',
    'a header that overrides Cache-Control for a CDN goes, unless it forbids storing',
    ['only those of a list', 'http/caching.ts', '.+-cache-control|', 'cdn-cache-control|'],
    ['Edge-Control stays', 'http/caching.ts', '|edge-control|', '|'],
    [
      'those that forbid go, too',
      'http/caching.ts',
      'strictness(value) === NO_STORE\n}',
      'false\n}',
    ],
  ),
  ...of(
    'a late first look throws',
    'hono/caches',
    'a first look at the session after the headers are made',
    [
      'it does not',
      'session/request.ts',
      'if (this.#isAnswered && !this.#wasRead) {',
      'if (this.#isAnswered && this.#readOnly) {',
    ],
    [
      'not in a body that is read later',
      'session/request.ts',
      'this.#isAnswered = isCacheable(response.status)',
      'this.#isAnswered = response.body === null',
    ],
    [
      'also after an earlier one',
      'session/request.ts',
      'if (this.#isAnswered && !this.#wasRead) {',
      'if (this.#isAnswered) {',
    ],
  ),
  ...of(
    'an error page after a failed save is guarded',
    'hono/caches',
    'a response of app.onError after a failed save',
    ['it is not', 'hono.ts', '      editNext(c, () => edit([]))\n', ''],
  ),
  ...of(
    'etag() drops no cookie',
    'hono/caches',
    'etag() around the session',
    [
      'it does',
      'http/caching.ts',
      '    ...tagEdits(status, headers, setCookies, ifNoneMatch),\n',
      '',
    ],
    [
      'where the app has a tag of its own',
      'http/caching.ts',
      "if (tag !== null && !ifNoneMatch.includes(tag.replace(/^W\\//, ''))) return []",
      'if (tag !== null) return []',
    ],
  ),
  ...of(
    'plain cookies on this machine only',
    'session/cookies',
    'on http://',
    [
      'forwarding headers are not looked at',
      'http/address.ts',
      'if (!isLocal(hostname) || isForwarded(headers)) return secure',
      'if (!isLocal(hostname)) return secure',
    ],
    [
      'only X-Forwarded-Proto counts',
      'http/address.ts',
      'if (FORWARDING.test(name)) return true',
      "if (name === 'x-forwarded-proto') return true",
    ],
    [
      'any host is local',
      'http/address.ts',
      'return LOCAL.test(hostname)',
      "return hostname !== ''",
    ],
    [
      'a host that ends in our name is local',
      'http/address.ts',
      '(?:.+\\.)?localhost',
      '(?:.+)?localhost',
    ],
  ),
]

const REVOKED = 'revocation/sessions'
const RECIPES = 'docs/sign-out'
const SUBSETS = 'no subset of cookies puts off a revocation'

const revocation: readonly Mutant[] = [
  ...of('7.1.2', REVOKED, 'of ten logins at once exactly three live', [
    'there is always room',
    'revocation/ledger.ts',
    '    return isAdmitted\n',
    '    return isAdmitted || true\n',
  ]),
  ...of('7.2.4', REVOKED, 'a login in the place of another one ends that, also in copies', [
    'what a login replaces lives on',
    'revocation/watch.ts',
    'this.#ledger.end(sids, subject, this.#settings.clock())',
    'Promise.resolve(sids).then(() => undefined)',
  ]),
  ...of(
    '7.4.1',
    REVOKED,
    'a copy of the cookies is refused on every node once the browser has logged out',
    [
      'a logout marks nothing',
      'watching/saved.ts',
      '    await endAll(watch, saving)\n    return save()',
      '    return save()',
    ],
  ),
  ...of(
    '7.4.2',
    REVOKED,
    'revoking a user ends the session of each browser on each node, and nobody else',
    [
      'revoke() marks no user',
      'revocation/watch.ts',
      'else await this.#ledger.markAll(kind, value, clock, except)',
      'else await Promise.resolve(except)',
    ],
  ),
  ...of(
    '7.4.3',
    REVOKED,
    'other devices are signed out, and this one stays, whatever came before',
    [
      'this one does not stay',
      'revocation/keys.ts',
      "return { kind: 'subject', value: subject, except: loginOf(except) }",
      "return { kind: 'subject', value: subject }",
    ],
  ),
  ...of(
    '7.4.5',
    RECIPES,
    'an administrator bans a user, who is out everywhere; nobody else may do that',
    [
      'a mark ends nothing',
      'revocation/marks.ts',
      'return at > started.seen && started.began <= at + margin',
      'return at > started.seen && started.began < 0',
    ],
  ),
  ...of('7.5.2', RECIPES, 'a page shows the devices, and signs one out or all others', [
    'this one does not stay',
    'revocation/keys.ts',
    "return { kind: 'subject', value: subject, except: loginOf(except) }",
    "return { kind: 'subject', value: subject }",
  ]),
  ...of('7.6.1', RECIPES, 'ends the session that the provider names, or all of the user', [
    'keys of the app are not asked for',
    'revocation/keys.ts',
    "    ...keys.map((key) => ['key', key] as const),\n",
    '',
  ]),
  ...of(
    SUBSETS,
    'revocation/attack',
    'a user who was revoked is out once the lag is over, under every id',
    [
      'a check counts for twice the lag',
      'revocation/marks.ts',
      'at <= now && now - at < lagMs',
      'at <= now && now - at < 2 * lagMs',
    ],
    [
      'a mark that was made after the login ends nothing',
      'revocation/marks.ts',
      'return at > started.seen && started.began <= at + margin',
      'return at < started.seen && started.began <= at + margin',
    ],
  ),
  ...of(
    SUBSETS,
    'revocation/attack',
    'a session in many cookies has its start and its keys in each state that a part of them shows',
    [
      'both are in a cookie of their own',
      'log/lives/transplant.ts',
      'withLifeOf(start, current),',
      'current.base,',
    ],
    [
      'both move out of a base that is too long',
      'log/lives/transplant.ts',
      '    .filter((key) => key !== LIFE_KEY)\n',
      '',
    ],
  ),
  ...of(
    'revoking a user is weakened by nothing',
    'revocation/kept',
    'is not weakened by one for all others that comes between its read and its write',
    [
      'both have one mark',
      'revocation/ledger.ts',
      "kind === 'subject' && except !== undefined ? 'others' : kind",
      'kind',
    ],
  ),
]

export const mutants: readonly Mutant[] = [
  ...cookies,
  ...sealing,
  ...lives,
  ...hostile,
  ...caches,
  ...revocation,
]
