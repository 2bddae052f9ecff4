import { type AuditHeadStatement } from '#certificates';

import { type AuditTrail } from './audit-trail.js';
import { Chain, ChainBrokenError } from './chain.js';

const BATCH = 1_000;

/**
 * Reads the whole log and verifies that it is intact.
 * @param heads signed heads that were stored elsewhere; they reveal changes and truncation before them, even by an
 *   attacker who can write every row
 * @returns position and hash of the last entry; 0 and `GENESIS` for an empty log
 * @throws ChainBrokenError
 */
export async function verifyLog(
  trail: AuditTrail,
  heads: readonly AuditHeadStatement[],
): Promise<{ sequence: number; hash: string }> {
  const chain = new Chain();
  const open = heads.toSorted((a, b) => a.sequence - b.sequence);
  for (;;) {
    const events = await trail.sealedAfter(chain.sequence, BATCH);
    for (const event of events) {
      chain.add(event);
      while (open[0]?.sequence === chain.sequence) compare(open.shift(), chain);
    }
    if (events.length < BATCH) break;
  }
  // Entries with a duplicate position or one below 1 are skipped above, but the API would list them.
  const beside = (await trail.countUpTo(chain.sequence)) - chain.sequence;
  if (beside > 0) throw new ChainBrokenError(`Entries with an invalid position outside of the chain: ${beside}.`);
  const [cut] = open;
  if (cut === undefined) return { sequence: chain.sequence, hash: chain.hash };
  throw new ChainBrokenError(
    `The log ends at entry ${chain.sequence}, but entry ${cut.sequence} was signed at ${cut.signedAt}: ` +
      'later entries were removed.',
  );
}

function compare(head: AuditHeadStatement | undefined, { sequence, hash }: Chain): void {
  if (head === undefined || head.hash === hash) return;
  throw new ChainBrokenError(`The log up to entry ${sequence} differs from the one signed at ${head.signedAt}.`);
}
