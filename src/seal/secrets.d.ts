/** A secret is at least this long, in bytes of UTF-8. */
export declare const MIN_SECRET_BYTES = 32;
/**
 * The list of secrets in an option: one string, a list of strings, or one string with commas between
 * them. The first one seals, all of them open.
 *
 * @throws {@link ConfigError} where there is none, or one that is short, obviously weak, or given twice
 */
export declare function parseSecrets(option: unknown): readonly string[];
