import { type Condition } from '#tenancy';
import { expect, test } from 'vitest';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { noFindings } from '../pass/findings.js';
import { type PassResult, resultOf } from '../pass/pass-result.js';
import { StepLog } from '../pass/steps.js';
import { unfinishedRow } from './settled-row.js';

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
