import { readableLines } from '#plans';
import { type Hold, type HoldAndOperation, holdEffects, holdSources } from '#tenancy';
import { z } from 'zod';

import { acceptedAnswer, type Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

const effect = z
  .enum(holdEffects)
  .describe(
    '`suspend` stops the workloads and removes access and network, but keeps the data. `quarantine` removes access ' +
      'and network while the workloads keep running. `freeze` rejects changes to the tenant through this API.',
  );
const source = z.enum(holdSources).describe('Who has the reason to restrict the tenant.');

export const placeHoldRequest = z
  .strictObject({
    source,
    effect,
    reason: readableLines(500).min(1).describe('Explanation for humans.'),
  })
  .meta({ examples: [{ source: 'billing', effect: 'suspend', reason: 'Invoice 2026-117 is 30 days overdue.' }] });

export const listHoldsQuery = z.strictObject({
  ...pageQuery,
  active: z.enum(['true', 'false']).optional().describe('`true`: only holds in force. `false`: only lifted holds.'),
});

export const holdResponse = z
  .strictObject({
    id: z.string(),
    source,
    effect,
    reason: z.string(),
    createdBy: z.string().describe('Who placed the hold.'),
    createdAt: z.iso.datetime(),
    liftedBy: z.string().nullable().describe('Who lifted the hold; null while it is in force.'),
    liftedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Hold' });
export type HoldResponse = z.output<typeof holdResponse>;

/** Maps a hold to its response. */
export function toHoldResponse(hold: Hold): HoldResponse {
  const { id, reason, createdBy, liftedBy } = hold;
  return {
    id,
    source: hold.source,
    effect: hold.effect,
    reason,
    createdBy,
    liftedBy,
    createdAt: hold.createdAt.toISOString(),
    liftedAt: hold.liftedAt?.toISOString() ?? null,
  };
}

/** Answers a change with the current hold and the location of its operation. */
export function acceptedHold({ hold, operation }: HoldAndOperation): Answer<HoldResponse> {
  return acceptedAnswer(toHoldResponse(hold), operation);
}

/** Maps the query parameter `active` to the domain. */
export function toActive({ active }: z.output<typeof listHoldsQuery>): boolean | undefined {
  return active === undefined ? undefined : active === 'true';
}
