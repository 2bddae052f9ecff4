import { isolationReport, type IsolationReport } from '#certificates';
import { type IsolationCheck, isolationCheckStates } from '#proof';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';
import { reportFormats } from './formats/report-format.js';

export const listIsolationChecksQuery = z.strictObject(pageQuery);
export const getIsolationCheckQuery = z.strictObject({
  wait: z.coerce.number().int().min(0).max(60).default(0).describe('Seconds to wait for the end of the run.'),
});
export const reportQuery = z.strictObject({
  format: z.enum(reportFormats).optional().describe('Absent: as `Accept` says, otherwise JSON.'),
});

const listed = z.strictObject({
  id: z.string(),
  tenantId: z.string(),
  state: z.enum(isolationCheckStates).describe('`succeeded`: there is a report, whatever it says.'),
  trigger: z.enum(['request', 'schedule']).describe('Whether somebody asked for it, or the plan did.'),
  requestedBy: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  summary: isolationReport.shape.summary.nullable().describe('Null as long as there is no report.'),
  error: z.string().nullable().describe('Why there is no report.'),
});
export const listedIsolationCheck = listed;
export type ListedIsolationCheck = z.output<typeof listed>;

export const isolationCheckResponse = listed.extend({
  report: isolationReport.nullable(),
  keyId: z.string().nullable().describe('RFC 7638 thumbprint of the key; null: no worker has one.'),
  jws: z.string().nullable().describe('JWS (RFC 7515) in compact form, EdDSA over Ed25519; its payload is the report.'),
});
export type IsolationCheckResponse = z.output<typeof isolationCheckResponse>;

export function toListedIsolationCheck(check: IsolationCheck): ListedIsolationCheck {
  const { id, tenantId, state, trigger, requestedBy, error } = check;
  return {
    ...{ id, tenantId, state, trigger, requestedBy, error },
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

/** The answer to a run that was asked for. */
export function acceptedIsolationCheck(check: IsolationCheck): Answer<IsolationCheckResponse> {
  const location = `/v1/tenants/${check.tenantId}/isolation-checks/${check.id}`;
  return new Answer(toIsolationCheckResponse(check), { location });
}

/** Written by a worker from the same schema, and signed: it is given as it is. */
function reportOf({ report }: Pick<IsolationCheck, 'report'>): IsolationReport | null {
  return report as IsolationReport | null;
}
