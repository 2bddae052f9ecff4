import { type Condition } from '#tenancy';
import { expect, test } from 'vitest';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { noFindings } from '../pass/findings.js';
import { type PassResult, resultOf } from '../pass/pass-result.js';
import { StepLog } from '../pass/steps.js';
import { settledRow, unfinishedRow } from './settled-row.js';

const condition = (type: Condition['type']): Condition => ({
  type,
  status: 'True',
  reason: 'Settled',
  message: 'The cluster matches the desired state.',
  observedGeneration: 1,
  lastTransitionTime: '2026-01-01T00:00:00.000Z',
});
const tenant = {
  id: 'tenant_01jexample0000000000000000',
  epoch: '7',
  generation: 2,
  wakes: 3,
  phase: 'updating',
  failureCount: 4,
  refusals: { count: 1, forMs: 10 },
  conditions: [condition('Ready'), condition('DriftFree')],
} as unknown as LeasedTenant;
const interrupted = (drift: PassResult['drift']): PassResult =>
  resultOf({ ...noFindings, drift }, new StepLog([]), {
    kind: 'retry',
    problem: { reason: '', message: '', object: null, kind: null },
    clusterReachable: false,
    refused: false,
  });

test('a pass that had to end concludes nothing: phase, conditions, failures and operation stay, and another is due', () => {
  const { phase, conditions, failureCount, nextIn, state, observed } = unfinishedRow(tenant, interrupted(null));
  expect({ phase, conditions, failureCount, state, observed }).toEqual({
    phase: 'updating',
    conditions: tenant.conditions,
    failureCount: 4,
    state: null,
    observed: false,
  });
  expect(nextIn).toBe('0 milliseconds');
});

test('drift that it found is open, so that the next pass records its end', () => {
  const object = { object: 'v1/ResourceQuota/ns/q', objectKind: 'ResourceQuota', left: false } as const;
  const drift = {
    detectedAt: '2026-01-02T00:00:00.000Z',
    objects: [{ ...object, kind: 'missing' as const, fields: [] }],
  };
  const { conditions } = unfinishedRow(tenant, interrupted(drift));
  expect(conditions).toEqual([
    condition('Ready'),
    expect.objectContaining({ type: 'DriftFree', status: 'False', reason: 'DriftFound' }),
  ]);
});

test.for([
  ['just now', 'updating', '2026-01-01T00:00:00.000Z', 500],
  ['again', 'quarantined', new Date(Date.now() - 2_000).toISOString(), 6_000],
  ['for long', 'quarantined', '2026-01-01T00:00:00.000Z', 600_000],
] as const)('a tenant that was found cut off %s is looked at again in time', ([, phase, since, ms]) => {
  const restriction = { suspended: false, quarantined: true };
  const conditions = [{ ...condition('Ready'), status: 'False', lastTransitionTime: since }];
  const result = resultOf({ ...noFindings, removed: [], applied: [] }, new StepLog([]), null);
  const held = { ...tenant, phase, restriction, conditions } as unknown as LeasedTenant;
  const outcome = { kind: 'settled', restricted: { reason: 'Quarantined', message: 'Because.' } } as const;
  const next = Number.parseInt(settledRow(held, { ...result, outcome }, 600_000).nextIn ?? '', 10);
  expect(next).toBeGreaterThanOrEqual(ms * 0.8);
  expect(next).toBeLessThanOrEqual(ms * 1.2);
});
