import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'bhk';
const FORMAT = /^(bhk_([0-9a-z]{26})_([0-9a-f]{64}))([0-9a-f]{8})$/;

/** The parts of a key as its holder sends it: `bhk_<id>_<secret><crc32>`. */
export interface ParsedApiKey {
  /** The key's TypeID, `key_…`. */
  id: string;
  secret: string;
}

/** 256 random bits as hexadecimal text. */
export function newSecret(): string {
  return randomBytes(32).toString('hex');
}

/** The text that is shown once. The prefix lets secret scanners find a leaked key; the checksum lets them be sure. */
export function formatApiKey({ id, secret }: ParsedApiKey): string {
  const body = `${PREFIX}_${id.replace(/^key_/, '')}_${secret}`;
  return body + checksum(body);
}

/** The parts of a key; null when the text is not one or was mistyped. Reads no database. */
export function parseApiKey(text: string): ParsedApiKey | null {
  const [, body, id, secret, crc] = FORMAT.exec(text) ?? [];
  if (body === undefined || id === undefined || secret === undefined || crc !== checksum(body)) return null;
  return { id: `key_${id}`, secret };
}

/** What is stored of a secret. A random 256-bit secret needs no slow hash: it cannot be guessed. */
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
