import { expect, test } from 'vitest';

import { identityFor } from './impersonation.js';

test('workloads are accessed as the deployer of their namespace, and never in all namespaces', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' };
  expect(identityFor({ ...deployment, namespace: 'tn-a' })).toEqual({
    'impersonate-user': 'system:serviceaccount:tn-a:deployer',
  });
  expect(() => identityFor(deployment)).toThrow('needs a namespace');
});

test('everything else is accessed as the worker itself', () => {
  expect(identityFor({ apiVersion: 'v1', kind: 'ResourceQuota', namespace: 'tn-a' })).toEqual({});
  expect(identityFor({ apiVersion: 'v1', kind: 'Namespace' })).toEqual({});
});
