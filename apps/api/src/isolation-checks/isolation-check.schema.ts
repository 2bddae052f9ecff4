import { isolationReport, type IsolationReport } from '#certificates';
import { type IsolationCheck, isolationCheckStates } from '#proof';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';
import { reportFormats } from './formats/report-format.js';

export const listIsolationChecksQuery = z.strictObject(pageQuery);
export const getIsolationCheckQuery = z.strictObject({
  wait: z.coerce.number().int().min(0).max(60).default(0).describe('Seconds to wait for the check to finish.'),
});
export const reportQuery = z.strictObject({
  format: z.enum(reportFormats).optional().describe('Overrides `Accept`; by default JSON.'),
});

const listed = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    state: z
      .enum(isolationCheckStates)
      .describe('`succeeded` means that there is a report, even if checks in it failed.'),
    trigger: z
      .enum(['request', 'schedule'])
      .describe('Whether a caller or the schedule of the plan started the check.'),
    requestedBy: z.string(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    summary: isolationReport.shape.summary.nullable().describe('Null until there is a report.'),
    error: z.string().nullable().describe('Why there is no report; otherwise null.'),
  })
  .meta({ id: 'IsolationCheckSummary' });
export const listedIsolationCheck = listed;
export type ListedIsolationCheck = z.output<typeof listed>;

export const isolationCheckResponse = z
  .intersection(
    listed,
    z.strictObject({
      report: isolationReport.nullable(),
      keyId: z.string().nullable().describe('RFC 7638 thumbprint of the signing key; null if no worker has one.'),
      jws: z.string().nullable().describe('Compact JWS (RFC 7515), EdDSA with Ed25519; its payload is the report.'),
    }),
  )
  .meta({ id: 'IsolationCheck' });
export type IsolationCheckResponse = z.output<typeof isolationCheckResponse>;

export function toListedIsolationCheck(check: IsolationCheck): ListedIsolationCheck {
  const { id, tenantId, state, trigger, requestedBy, error } = check;
  return {
    id,
    tenantId,
    state,
    trigger,
    requestedBy,
    error,
    createdAt: check.createdAt.toISOString(),
    startedAt: check.startedAt?.toISOString() ?? null,
    finishedAt: check.finishedAt?.toISOString() ?? null,
    summary: reportOf(check)?.summary ?? null,
  };
}

export function toIsolationCheckResponse(check: IsolationCheck): IsolationCheckResponse {
  const { keyId, jws } = check;
  return { ...toListedIsolationCheck(check), report: reportOf(check), keyId, jws };
}

/** Answers a request for a check with its location. */
export function acceptedIsolationCheck(check: IsolationCheck): Answer<IsolationCheckResponse> {
  const location = `/v1/tenants/${check.tenantId}/isolation-checks/${check.id}`;
  return new Answer(toIsolationCheckResponse(check), { location });
}

/** A worker wrote and signed the report with the same schema, so it is returned unchanged. */
function reportOf({ report }: Pick<IsolationCheck, 'report'>): IsolationReport | null {
  return report as IsolationReport | null;
}
