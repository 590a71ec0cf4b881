/** Bytes and their base64url text (RFC 4648 §5, without padding). */
/** The base64url text of `bytes`. */
export declare function toBase64Url(bytes: Uint8Array): string;
/** The bytes of `text`, or `undefined` where it is not base64url. */
export declare function fromBase64Url(text: string): Uint8Array | undefined;
/** How many bytes `text` takes in UTF-8. */
export declare function utf8Length(text: string): number;
