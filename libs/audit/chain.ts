import { createHash } from 'node:crypto';

import { type AuditEntry, entrySchema } from './entry.js';

/** What stands before the first entry of a log. */
export const GENESIS = '0'.repeat(64);

/** An entry as it is stored, sealed. */
export interface SealedEvent {
  /** TypeID. */
  id: string;
  /** As the database gives it: a number where it is infinite. */
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

/** The log is not what was written; the message is one sentence for a person. */
export class ChainBroken extends Error {
  override readonly name = 'ChainBroken';
}

/**
 * The hash of an entry: SHA-256 (FIPS 180-4), in hexadecimal digits, of the hash before it, a line feed, and the text of the
 * entry in UTF-8. Whoever changes, removes or moves an entry would have to change all hashes after it.
 */
export function hashOf(previous: string, entry: string): string {
  return createHash('sha256').update(`${previous}\n${entry}`).digest('hex');
}

/** Follows a log from its first entry, and notices where it is not what was written. */
export class Chain {
  sequence = 0;
  hash = GENESIS;

  /**
   * Takes the next entry.
   * @throws ChainBroken
   */
  add(event: SealedEvent): void {
    const { sequence, id, hash, entry } = event;
    const expected = this.sequence + 1;
    if (sequence !== expected) {
      const missing = sequence === expected + 1 ? `Entry ${expected} is` : `Entries ${expected} to ${sequence - 1} are`;
      throw new ChainBroken(`${missing} missing.`);
    }
    if (hashOf(this.hash, entry) !== hash) {
      throw new ChainBroken(`Entry ${sequence} (${id}) is not what was written, or another stood before it.`);
    }
    const changed = columnThatDiffers(event);
    if (changed !== null) throw new ChainBroken(`"${changed}" of entry ${sequence} (${id}) was changed in its column.`);
    this.sequence = sequence;
    this.hash = hash;
  }
}

/** Which of the columns that are asked by does not say what the entry says; null when all do. */
function columnThatDiffers({ id, at, actor, action, tenantIds, entry }: SealedEvent): string | null {
  const data = parsed(entry);
  if (data === null) return 'entry';
  const pairs: [string, string, string][] = [
    ['id', id, data.id],
    // A time that JavaScript has no form for, such as `infinity`, is not what was written either.
    ['at', at instanceof Date ? at.toISOString() : String(at), data.at],
    ['actor', actor, data.actor.id],
    ['action', action, data.action],
    ['tenantIds', tenantIds.join(), data.tenantIds.join()],
  ];
  return pairs.find(([, column, said]) => column !== said)?.[0] ?? null;
}

/** The entry of a text; null when it is none, which only somebody else can have written. */
function parsed(text: string): AuditEntry | null {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
