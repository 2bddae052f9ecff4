import { dnsLabel, exactlyOne } from '#plans';
import { type NewShift, type RouteShift, shiftStates } from '#routing';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

const WEEK_SECONDS = 604_800;

const step = z
  .strictObject({
    weight: z
      .int()
      .min(1)
      .max(100)
      .describe('Share of the new service, in percent of the traffic of the two services.'),
    pauseSeconds: z
      .int()
      .min(0)
      .max(WEEK_SECONDS)
      .optional()
      .describe('How long the step stays in the cluster before the next one, or before the shift finishes.'),
    manual: z.literal(true).optional().describe('The step stays until the shift is resumed.'),
  })
  .refine(({ pauseSeconds, manual }) => (pauseSeconds === undefined) !== (manual === undefined), {
    message: 'Exactly one of "pauseSeconds" and "manual" is required.',
  })
  .meta(exactlyOne({ pauseSeconds: 'Step with a pause', manual: 'Step until the shift is resumed' }));

export const createShiftRequest = z
  .strictObject({
    from: dnsLabel().describe('The old service. It stays in the rules with less weight.'),
    to: dnsLabel().describe('The new service.'),
    toPort: z
      .int()
      .min(1)
      .max(65_535)
      .nullable()
      .default(null)
      .describe('Port of the new service. Null for the port of the old one.'),
    steps: z
      .array(step)
      .min(1)
      .max(20)
      .refine((steps) => steps.every(({ weight }, index) => weight > (steps[index - 1]?.weight ?? 0)), {
        message: 'Each step must have more weight than the previous one.',
      }),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'The two services must differ.' })
  .meta({
    examples: [
      {
        from: 'web-v1',
        to: 'web-v2',
        steps: [
          { weight: 5, pauseSeconds: 600 },
          { weight: 50, manual: true },
          { weight: 100, pauseSeconds: 0 },
        ],
      },
    ],
  });

export const listShiftsQuery = z.strictObject(pageQuery);

export const shiftResponse = z
  .strictObject({
    id: z.string(),
    route: z.string(),
    from: z.string(),
    to: z.string(),
    toPort: z.int().nullable(),
    steps: z.array(
      z.strictObject({
        weight: z.int(),
        pauseSeconds: z.int().nullable().describe('Null: until the shift is resumed.'),
      }),
    ),
    state: z
      .enum(shiftStates)
      .describe('`running`: a step is being applied. `waiting`: the step is in the cluster and its pause has begun.'),
    reason: z
      .strictObject({ code: z.enum(['Requested', 'Manual', 'TenantFailed', 'TenantHeld']), message: z.string() })
      .nullable()
      .describe('Why the shift does not proceed; otherwise null.'),
    step: z.int().nullable().describe('Index of the current step; null before the first.'),
    weight: z.int().describe('Weight of the new service at the current step; 0 before the first.'),
    operationId: z.string().nullable().describe('The operation that carries out the latest step or the abort.'),
    settledAt: z.iso.datetime().nullable().describe('When the step was first found to be in the cluster.'),
    requestedBy: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Shift' });
export type ShiftResponse = z.output<typeof shiftResponse>;

/** Maps a request to the domain. */
export function toNewShift({ steps, ...rest }: z.output<typeof createShiftRequest>): NewShift {
  return { ...rest, steps: steps.map(({ weight, pauseSeconds = null }) => ({ weight, pauseSeconds })) };
}

/** Maps a shift to its response. */
export function toShiftResponse(shift: RouteShift): ShiftResponse {
  const { id, route, fromService, toService, toPort, steps, state, reason, operationId, requestedBy } = shift;
  const aborted = state === 'aborted';
  return {
    id,
    route,
    from: fromService,
    to: toService,
    toPort,
    steps,
    state,
    reason,
    step: aborted || shift.step < 0 ? null : shift.step,
    weight: aborted ? 0 : (steps[shift.step]?.weight ?? 0),
    operationId,
    settledAt: shift.settledAt?.toISOString() ?? null,
    requestedBy,
    createdAt: shift.createdAt.toISOString(),
    updatedAt: shift.updatedAt.toISOString(),
    finishedAt: shift.finishedAt?.toISOString() ?? null,
  };
}

/** Answers a change with the location of the shift. */
export function acceptedShift(shift: RouteShift): Answer<ShiftResponse> {
  const location = `/v1/tenants/${shift.tenantId}/routes/${shift.route}/shifts/${shift.id}`;
  return new Answer(toShiftResponse(shift), { location });
}
