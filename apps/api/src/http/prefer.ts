import { z } from 'zod';

/** Longest time in seconds for which a request waits for an operation. */
export const MAX_WAIT_SECONDS = 60;

/** Query parameter of a read that can wait; 0 answers at once. */
export const waitSeconds = z.coerce.number().min(0).max(MAX_WAIT_SECONDS).default(0);

const token = "[\\w!#$%&'*+.^`|~-]+";
const word = `(?:${token}|"(?:[^"\\\\]|\\\\.)*")`;
const pair = (names: string, value: string): string => `${names}(?:\\s*=\\s*${value})?`;

/** One preference of a list, with its name, its value, and parameters that nothing here reads. */
const preference = new RegExp(
  `[\\s,]*${pair(`(?<name>${token})`, `(?<value>${word})`)}(?:\\s*;(?:\\s*${pair(token, word)})?)*\\s*(?:,|$)`,
  'gy',
);

/**
 * Returns for how many seconds the caller prefers to wait, by a `Prefer` header (RFC 7240, section 4.3), at most
 * `MAX_WAIT_SECONDS`; null if it states no such preference. A preference is no condition: what is malformed or unknown
 * is ignored, and of a preference that is given twice the first counts (section 2).
 */
export function preferredWait(header: string | string[] | undefined): number | null {
  const list = String(header ?? '');
  for (const { groups } of list.matchAll(preference)) {
    if (groups?.['name']?.toLowerCase() !== 'wait') continue;
    const seconds = /^"?(\d{1,9})"?$/.exec(groups['value'] ?? '')?.[1];
    return seconds === undefined ? null : Math.min(Number(seconds), MAX_WAIT_SECONDS);
  }
  return null;
}
