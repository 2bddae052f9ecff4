import { createHash } from 'node:crypto';

import { type AuditEntry, entrySchema } from './entry.js';

/** The hash that precedes the first entry. */
export const GENESIS = '0'.repeat(64);

/** A sealed entry. */
export interface SealedEvent {
  /** TypeID. */
  id: string;
  /** As returned by the database: a number if infinite. */
  at: Date | number;
  actor: string;
  action: string;
  /** TypeIDs. */
  tenantIds: readonly string[];
  /** The JSON text that is hashed. */
  entry: string;
  /** From 1, without gaps. */
  sequence: number;
  hash: string;
}

/** The log was tampered with; the message is one sentence for humans. */
export class ChainBrokenError extends Error {
  override readonly name = 'ChainBrokenError';
}

/**
 * Returns the hash of an entry: SHA-256 (FIPS 180-4) in hexadecimal over the previous hash, a line feed and the text of
 * the entry in UTF-8. Changing, removing or moving an entry invalidates all later hashes.
 */
export function hashOf(previous: string, entry: string): string {
  return createHash('sha256').update(`${previous}\n${entry}`).digest('hex');
}

/** Verifies a log entry by entry, starting with the first. */
export class Chain {
  sequence = 0;
  hash = GENESIS;

  /**
   * Adds the next entry.
   * @throws ChainBrokenError
   */
  add(event: SealedEvent): void {
    const { sequence, id, hash, entry } = event;
    const expected = this.sequence + 1;
    if (sequence !== expected) {
      const missing = sequence === expected + 1 ? `Entry ${expected} is` : `Entries ${expected} to ${sequence - 1} are`;
      throw new ChainBrokenError(`${missing} missing.`);
    }
    if (hashOf(this.hash, entry) !== hash) {
      throw new ChainBrokenError(`Entry ${sequence} (${id}) was changed, or another entry preceded it.`);
    }
    const changed = columnThatDiffers(event);
    if (changed !== null) {
      throw new ChainBrokenError(
        `"${changed}" of entry ${sequence} (${id}) differs between its column and the sealed text.`,
      );
    }
    this.sequence = sequence;
    this.hash = hash;
  }
}

/** Returns the first indexed column that differs from the sealed entry; null if none does. */
function columnThatDiffers({ id, at, actor, action, tenantIds, entry }: SealedEvent): string | null {
  const data = parsed(entry);
  if (data === null) return 'entry';
  const pairs: [string, string, string][] = [
    ['id', id, data.id],
    // A time that JavaScript cannot represent, such as `infinity`, was not written by Bulkhead either.
    ['at', at instanceof Date ? at.toISOString() : String(at), data.at],
    ['actor', actor, data.actor.id],
    ['action', action, data.action],
    ['tenantIds', tenantIds.join(), data.tenantIds.join()],
  ];
  return pairs.find(([, column, said]) => column !== said)?.[0] ?? null;
}

/** Parses an entry; null if the text is not one and so was not written by Bulkhead. */
function parsed(text: string): AuditEntry | null {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
