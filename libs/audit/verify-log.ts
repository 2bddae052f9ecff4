import { type AuditHeadStatement } from '#certificates';

import { type AuditTrail } from './audit-trail.js';
import { Chain, ChainBroken } from './chain.js';

const BATCH = 1_000;

/**
 * Reads the whole log and checks that it is what was written.
 * @param heads ends of the chain that were signed and kept elsewhere: what is before them was neither changed nor cut off,
 *   even by who can write every row
 * @returns the last entry's place in the chain and its hash; 0 and `GENESIS` of a log without entries
 * @throws ChainBroken
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
  // Places below the first, or given twice, are not on the way, and would be listed all the same.
  const beside = (await trail.countUpTo(chain.sequence)) - chain.sequence;
  if (beside > 0) throw new ChainBroken(`Entries stand beside the chain, with places that are not theirs: ${beside}.`);
  const [cut] = open;
  if (cut === undefined) return { sequence: chain.sequence, hash: chain.hash };
  throw new ChainBroken(
    `The log ends at entry ${chain.sequence}, and at ${cut.signedAt} entry ${cut.sequence} was signed: what came after was removed.`,
  );
}

function compare(head: AuditHeadStatement | undefined, { sequence, hash }: Chain): void {
  if (head === undefined || head.hash === hash) return;
  throw new ChainBroken(`Up to entry ${sequence} the log is not the one whose end was signed at ${head.signedAt}.`);
}
