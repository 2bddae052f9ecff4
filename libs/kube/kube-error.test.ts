import { expect, test } from 'vitest';

import { isQuotaLag, isRefusedToDeployer, KubeError } from './kube-error.js';

const { retryAfterSeconds: none } = new KubeError(503, {});

test.for([
  ['the header in seconds', '7', {}, 7],
  ['the header over the body', '7', { details: { retryAfterSeconds: 1 } }, 7],
  ['only the body', undefined, { details: { retryAfterSeconds: 3 } }, 3],
  ['a date in the past', 'Wed, 21 Oct 2015 07:28:00 GMT', {}, 0],
  ['something else', 'soon', {}, none],
] as const)('Retry-After: %s', ([, header, status, seconds]) => {
  expect(new KubeError(429, status, header).retryAfterSeconds).toBe(seconds);
});

test('without Retry-After there is nothing to wait for', () => {
  expect(none).toBeNull();
});

test('a JSON answer that is not an object is an error like any other', () => {
  expect(new KubeError(502, null).message).toBe('the API server answered 502');
  expect(new KubeError(502, 'bad gateway' as never).reason).toBe('Status502');
});

test.for([
  ['networkpolicies.networking.k8s.io "link-a" is forbidden: exceeded quota: tenant-quota-access, requested: x', true],
  ['resourcequotas "tenant-quota" is forbidden: exceeded quota: tenant-quota, requested: resourcequotas=1', true],
  ['pods "a" is forbidden: exceeded quota: tenant-quota, requested: pods=1, used: pods=1, limited: pods=1', false],
] as const)('%s: is transient: %s', ([message, passes]) => {
  expect(isQuotaLag(new KubeError(403, { reason: 'Forbidden', message }))).toBe(passes);
});

test('a refusal of a deployer is distinguished from one of the worker, which can lack the right to impersonate it', () => {
  const refusedTo = (user: string): KubeError =>
    new KubeError(403, {
      message: `ingresses "a" is forbidden: User "${user}" cannot patch resource "ingresses" in …`,
    });
  expect(isRefusedToDeployer(refusedTo('system:serviceaccount:tn-a:deployer'))).toBe(true);
  expect(isRefusedToDeployer(refusedTo('system:serviceaccount:bulkhead-system:bulkhead-worker'))).toBe(false);
  expect(isRefusedToDeployer(new KubeError(422, { message: 'invalid' }))).toBe(false);
});
