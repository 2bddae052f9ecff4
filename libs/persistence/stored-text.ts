/** Length of stored texts that others wrote: a webhook can answer with a whole page, whose beginning names the problem. */
const LONGEST_TEXT = 2_000;

/** NUL, and halves of surrogate pairs, as `JSON.stringify` escapes them. It can also match text that is fine. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/**
 * Cuts a text for storing, never within a character.
 * @param most UTF-16 units
 */
export function cutText(text: string, most = LONGEST_TEXT): string {
  if (text.length <= most) return text;
  const beginning = text.slice(0, most);
  return isHighSurrogate(beginning.charCodeAt(most - 1)) ? beginning.slice(0, -1) : beginning;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/**
 * Returns a text that Postgres can store: without NUL characters, and with U+FFFD for unpaired surrogates. For texts of
 * clusters and webhooks; a caller's text is refused instead (`text-unstorable`).
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** Returns a value as JSON that jsonb accepts, whatever texts of others it contains. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? JSON.stringify(value, (_, inner: unknown) => storableValue(inner)) : text;
}

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), inner]));
}
