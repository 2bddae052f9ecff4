import { expect, test } from 'vitest';

import { identityFor, isRefusedToDeployer } from './impersonation.js';
import { KubeError } from './kube-error.js';

const refusedTo = (user: string): KubeError =>
  new KubeError(403, { message: `ingresses "a" is forbidden: User "${user}" cannot patch resource "ingresses" in …` });

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

test('a refusal of a deployer is distinguished from one of the worker, which can lack the right to impersonate it', () => {
  expect(isRefusedToDeployer(refusedTo('system:serviceaccount:tn-a:deployer'))).toBe(true);
  expect(isRefusedToDeployer(refusedTo('system:serviceaccount:bulkhead-system:bulkhead-worker'))).toBe(false);
  expect(isRefusedToDeployer(new KubeError(422, { message: 'invalid' }))).toBe(false);
});
