import { readFile } from 'node:fs/promises';

const MOST_BYTES = 50_000_000;
const TIMEOUT_MS = 15_000;

/** An input cannot be read; the message is shown to the user. */
export class UnusableInput extends Error {}

/** @throws UnusableInput */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UnusableInput(`${file} cannot be read.`);
  }
}

/**
 * Reads a trusted key set from a file, or from the URL at which an API publishes it.
 * @throws UnusableInput
 */
export async function readKeys(source: string): Promise<unknown> {
  const text = /^https?:\/\//.test(source) ? await fetchText(source) : await readText(source);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UnusableInput(`${source} is not JSON.`);
  }
}

async function fetchText(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    if (answer.ok && text.length <= MOST_BYTES) return text;
  } catch {
    // Reported below.
  }
  throw new UnusableInput(`${url} returns no keys.`);
}
