import { type Hold, type HoldAndOperation, holdEffects, holdSources } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

const effect = z
  .enum(holdEffects)
  .describe(
    '`suspend` stops the workloads, takes access and network away and keeps the data; `quarantine` takes access and ' +
      'network away and lets the workloads run; `freeze` refuses changes of the tenant through this API.',
  );
const source = z.enum(holdSources).describe('Whose reason it is.');

export const placeHoldRequest = z
  .strictObject({
    source,
    effect,
    reason: z.string().trim().min(1).max(500).describe('For people.'),
  })
  .meta({ examples: [{ source: 'billing', effect: 'suspend', reason: 'Invoice 2026-117 is 30 days overdue.' }] });

export const listHoldsQuery = z.strictObject({
  ...pageQuery,
  active: z
    .enum(['true', 'false'])
    .optional()
    .describe('`true`: only those in force. `false`: only those that were lifted.'),
});

export const holdResponse = z.strictObject({
  id: z.string(),
  source,
  effect,
  reason: z.string(),
  createdBy: z.string().describe('Who placed it.'),
  createdAt: z.iso.datetime(),
  liftedBy: z.string().nullable().describe('Who lifted it; null while it is in force.'),
  liftedAt: z.iso.datetime().nullable(),
});
export type HoldResponse = z.output<typeof holdResponse>;

/** How a hold is answered. */
export function toHoldResponse(hold: Hold): HoldResponse {
  const { id, reason, createdBy, liftedBy } = hold;
  return {
    ...{ id, source: hold.source, effect: hold.effect, reason, createdBy, liftedBy },
    createdAt: hold.createdAt.toISOString(),
    liftedAt: hold.liftedAt?.toISOString() ?? null,
  };
}

/** The answer to a change: the hold as it is now, and where the change can be followed. */
export function acceptedHold({ hold, operation }: HoldAndOperation): Answer<HoldResponse> {
  return new Answer(toHoldResponse(hold), { location: `/v1/operations/${operation.id}`, 'retry-after': '1' });
}

/** `active` as the domain takes it. */
export function toActive({ active }: z.output<typeof listHoldsQuery>): boolean | undefined {
  return active === undefined ? undefined : active === 'true';
}
