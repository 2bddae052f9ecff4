import { dnsLabel } from '#plans';
import { type NewShift, type RouteShift, shiftStates } from '#routing';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

const WEEK_SECONDS = 604_800;

const step = z
  .strictObject({
    weight: z.int().min(1).max(100).describe('The share of the new service in per cent of what the two get together.'),
    pauseSeconds: z
      .int()
      .min(0)
      .max(WEEK_SECONDS)
      .optional()
      .describe('How long the step stands in the cluster before the next one, or before the end.'),
    manual: z.literal(true).optional().describe('The step stands until somebody resumes.'),
  })
  .refine(({ pauseSeconds, manual }) => (pauseSeconds === undefined) !== (manual === undefined), {
    message: 'A step has either "pauseSeconds" or "manual".',
  });

export const createShiftRequest = z
  .strictObject({
    from: dnsLabel().describe('The service that requests leave. It keeps its place in the rules, with less weight.'),
    to: dnsLabel().describe('The service that gets them.'),
    toPort: z.int().min(1).max(65_535).nullable().default(null).describe('Null: the port of the old service.'),
    steps: z
      .array(step)
      .min(1)
      .max(20)
      .refine((steps) => steps.every(({ weight }, index) => weight > (steps[index - 1]?.weight ?? 0)), {
        message: 'Each step has more weight than the one before.',
      }),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'The two services must differ.' })
  .meta({
    examples: [
      {
        ...{ from: 'web-v1', to: 'web-v2' },
        steps: [
          { weight: 5, pauseSeconds: 600 },
          { weight: 50, manual: true },
          { weight: 100, pauseSeconds: 0 },
        ],
      },
    ],
  });

export const listShiftsQuery = z.strictObject(pageQuery);

export const shiftResponse = z.strictObject({
  id: z.string(),
  route: z.string(),
  from: z.string(),
  to: z.string(),
  toPort: z.int().nullable(),
  steps: z.array(
    z.strictObject({ weight: z.int(), pauseSeconds: z.int().nullable().describe('Null: until somebody resumes.') }),
  ),
  state: z
    .enum(shiftStates)
    .describe('`running`: a step is on its way. `waiting`: it is in the cluster, and its pause runs.'),
  reason: z
    .strictObject({ code: z.enum(['Requested', 'Manual', 'TenantFailed', 'TenantHeld']), message: z.string() })
    .nullable()
    .describe('Why it does not go on by itself.'),
  step: z.int().nullable().describe('Index of the step in force; null before the first.'),
  weight: z.int().describe('What the new service gets by the step in force; 0 before the first.'),
  operationId: z
    .string()
    .nullable()
    .describe('The change of the tenant that carries the last step, or the abort, out.'),
  settledAt: z.iso.datetime().nullable().describe('Since when the step is known to be in the cluster.'),
  requestedBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type ShiftResponse = z.output<typeof shiftResponse>;

/** What is asked for, as the service takes it. */
export function toNewShift({ steps, ...rest }: z.output<typeof createShiftRequest>): NewShift {
  return { ...rest, steps: steps.map(({ weight, pauseSeconds = null }) => ({ weight, pauseSeconds })) };
}

/** How a shift is answered. */
export function toShiftResponse(shift: RouteShift): ShiftResponse {
  const { id, route, fromService, toService, toPort, steps, state, reason, operationId, requestedBy } = shift;
  const aborted = state === 'aborted';
  return {
    ...{ id, route, from: fromService, to: toService, toPort, steps, state, reason },
    step: aborted || shift.step < 0 ? null : shift.step,
    weight: aborted ? 0 : (steps[shift.step]?.weight ?? 0),
    ...{ operationId, settledAt: shift.settledAt?.toISOString() ?? null, requestedBy },
    createdAt: shift.createdAt.toISOString(),
    updatedAt: shift.updatedAt.toISOString(),
    finishedAt: shift.finishedAt?.toISOString() ?? null,
  };
}

/** The answer to a shift that was asked for or changed. */
export function acceptedShift(shift: RouteShift): Answer<ShiftResponse> {
  const location = `/v1/tenants/${shift.tenantId}/routes/${shift.route}/shifts/${shift.id}`;
  return new Answer(toShiftResponse(shift), { location });
}
