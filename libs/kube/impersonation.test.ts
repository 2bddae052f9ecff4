import { expect, test } from 'vitest';

import { identityFor, isRefusedToDeployer } from './impersonation.js';
import { KubeError } from './kube-error.js';

const refusedTo = (user: string): KubeError =>
  new KubeError(403, { message: `ingresses "a" is forbidden: User "${user}" cannot patch resource "ingresses" in …` });

test('workloads are reached as the deployer of their namespace, and never of all namespaces', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' };
  expect(identityFor({ ...deployment, namespace: 'tn-a' })).toEqual({
    'impersonate-user': 'system:serviceaccount:tn-a:deployer',
  });
  expect(() => identityFor(deployment)).toThrow('none is named');
});

test('everything else is reached as the worker itself', () => {
  expect(identityFor({ apiVersion: 'v1', kind: 'ResourceQuota', namespace: 'tn-a' })).toEqual({});
  expect(identityFor({ apiVersion: 'v1', kind: 'Namespace' })).toEqual({});
});

test('a refusal to a deployer is told from one to the worker, who may lack the right to be the deployer', () => {
  expect(isRefusedToDeployer(refusedTo('system:serviceaccount:tn-a:deployer'))).toBe(true);
  expect(isRefusedToDeployer(refusedTo('system:serviceaccount:bulkhead-system:bulkhead-worker'))).toBe(false);
  expect(isRefusedToDeployer(new KubeError(422, { message: 'invalid' }))).toBe(false);
});
