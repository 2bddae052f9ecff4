import { type LiveObject } from '#kube';
import { expect, test } from 'vitest';

import { quotaFit } from './quota-fit.js';

function rendered(hard: Record<string, string>): Parameters<typeof quotaFit>[0][number]['rendered'] {
  const metadata = { name: 'tenant-quota', namespace: 'tn-a', labels: { 'bulkhead.io/environment': 'main' } };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } };
}

function live(used: Record<string, string> | undefined): LiveObject {
  return { ...rendered({}), status: { used } } as unknown as LiveObject;
}

test('quantities are compared as quantities', () => {
  const hard = { 'requests.memory': '1Gi', 'limits.cpu': '1', pods: '5' };
  const fits = quotaFit([
    { rendered: rendered(hard), live: live({ 'requests.memory': '1024Mi', 'limits.cpu': '1000m', pods: '5' }) },
  ]);
  expect(fits).toEqual({ fits: true, excess: [], unknown: [] });
  const { excess } = quotaFit([
    { rendered: rendered(hard), live: live({ 'requests.memory': '1025Mi', 'limits.cpu': '999m', pods: '10' }) },
  ]);
  expect(excess.map(({ resource }) => resource)).toEqual(['requests.memory', 'pods']);
  expect(excess[0]?.detail).toMatch(/"main" uses 1025Mi of requests.memory, and 1Gi would be allowed/);
});

test('a namespace that does not exist uses nothing, and one that was not counted is named', () => {
  expect(quotaFit([{ rendered: rendered({ pods: '1' }), live: null }]).unknown).toEqual([]);
  expect(quotaFit([{ rendered: rendered({ pods: '1' }), live: live(undefined) }])).toEqual({
    fits: true,
    excess: [],
    unknown: ['main'],
  });
});
