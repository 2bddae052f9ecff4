import { expect, test } from 'vitest';

import { type Outcome } from '../pass/outcome.js';
import { conditionsAfter, conditionsOfDeleted } from './conditions.js';

const [first, later] = ['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'];
const problem = { reason: 'WriteRefused', message: 'no', object: 'v1/ResourceQuota/a/b', kind: 'ResourceQuota' };
const failed: Outcome = { kind: 'failed', problem, refused: true };
const away: Outcome = {
  kind: 'retry',
  clusterReachable: false,
  refused: false,
  problem: { ...problem, reason: 'ClusterUnreachable', kind: null },
};

function statuses(outcome: Outcome, before: Parameters<typeof conditionsAfter>[1] = []): Record<string, string> {
  return Object.fromEntries(conditionsAfter(outcome, before, 1, first).map(({ type, status }) => [type, status]));
}

test('a settled pass makes all conditions true', () => {
  expect(new Set(Object.values(statuses({ kind: 'settled' })))).toEqual(new Set(['True']));
});

test('a refused object makes its own condition and Ready false; the rest stay unknown', () => {
  expect(statuses(failed)).toEqual({
    Ready: 'False',
    ClusterReachable: 'True',
    QuotaApplied: 'False',
    NamespacesReady: 'Unknown',
    AccessReady: 'Unknown',
    NetworkIsolated: 'Unknown',
    MeshReady: 'Unknown',
    PoliciesEnforced: 'Unknown',
    WorkloadsApplied: 'Unknown',
    DriftFree: 'Unknown',
  });
});

test('an unreachable cluster changes no other condition', () => {
  const before = conditionsAfter({ kind: 'settled' }, [], 1, first);
  expect(statuses(away, before)).toMatchObject({ Ready: 'False', ClusterReachable: 'False', NetworkIsolated: 'True' });
});

test('a condition keeps its transition time while its status does not change', () => {
  const before = conditionsAfter(failed, [], 1, first);
  expect(conditionsAfter(failed, before, 1, later)).toEqual(before);
  const settled = conditionsAfter({ kind: 'settled' }, before, 1, later);
  expect(settled.find(({ type }) => type === 'QuotaApplied')?.lastTransitionTime).toBe(later);
  expect(settled.find(({ type }) => type === 'ClusterReachable')?.lastTransitionTime).toBe(first);
});

test('all conditions of a deleted tenant but ClusterReachable are false', () => {
  const after = conditionsOfDeleted([], 2, first).filter(({ status }) => status === 'True');
  expect(after.map(({ type }) => type)).toEqual(['ClusterReachable']);
});
