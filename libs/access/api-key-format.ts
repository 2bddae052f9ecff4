import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'bhk';
const FORMAT = /^(bhk_([0-9a-z]{26})_([0-9a-f]{64}))([0-9a-f]{8})$/;

/** The parts of a key in its text form: `bhk_<id>_<secret><crc32>`. */
export interface ParsedApiKey {
  /** The key's TypeID, `key_…`. */
  id: string;
  secret: string;
}

/** Returns 256 random bits in hexadecimal. */
export function newSecret(): string {
  return randomBytes(32).toString('hex');
}

/** Formats a key. The prefix lets secret scanners find leaked keys; the checksum rules out false positives. */
export function formatApiKey({ id, secret }: ParsedApiKey): string {
  const body = `${PREFIX}_${id.replace(/^key_/, '')}_${secret}`;
  return body + checksum(body);
}

/** Parses a key without a database; null if the text is malformed or mistyped. */
export function parseApiKey(text: string): ParsedApiKey | null {
  const [, body, id, secret, crc] = FORMAT.exec(text) ?? [];
  if (body === undefined || id === undefined || secret === undefined || crc !== checksum(body)) return null;
  return { id: `key_${id}`, secret };
}

/** Returns the stored hash of a secret. A random 256-bit secret cannot be guessed, so it needs no slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in constant time. */
export function matchesHash(secret: string, hash: string): boolean {
  const [given, stored] = [Buffer.from(hashSecret(secret)), Buffer.from(hash)];
  return given.length === stored.length && timingSafeEqual(given, stored);
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
