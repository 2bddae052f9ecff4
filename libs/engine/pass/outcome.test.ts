import { KubeError, KubeUnreachable } from '#kube';
import { expect, test } from 'vitest';

import { outcomeOf, PassFailed, type Problem } from './outcome.js';
import { StepFailed } from './steps.js';

const forbidden = (message: string, causes?: { reason: string }[]): KubeError =>
  new KubeError(403, { reason: 'Forbidden', message, ...(causes === undefined ? {} : { details: { causes } }) });
const unauthorized = forbidden(
  'namespaces "a" is forbidden: User "w" cannot get resource "namespaces" in API group ""',
);

test.for([
  ['no answer', new KubeUnreachable('gone'), 'retry', 'ClusterUnreachable'],
  ['a broken API server', new KubeError(500, {}), 'retry', 'ClusterUnreachable'],
  ['an API server that is too busy', new KubeError(429, {}), 'retry', 'ClusterUnreachable'],
  ['a concurrent write', new KubeError(409, {}), 'retry', 'WriteConflict'],
  ['a terminating namespace', forbidden('no', [{ reason: 'NamespaceTerminating' }]), 'retry', 'WriteConflict'],
  ['a quota that was not counted yet', forbidden('status unknown for quota: q'), 'retry', 'WriteConflict'],
  [
    'a quota that was deleted and still counts',
    forbidden('resourcequotas "a" is forbidden: exceeded quota: tenant-quota, used: resourcequotas=3'),
    'retry',
    'WriteConflict',
  ],
  ['an object that is not valid', new KubeError(422, { reason: 'Invalid' }), 'failed', 'WriteRefused'],
  ['a refusal by an admission policy', forbidden('denied by policy'), 'failed', 'WriteRefused'],
  ['a defect of Bulkhead', new TypeError('x is undefined'), 'retry', 'InternalError'],
] as const)('%s', ([, error, kind, reason]) => {
  expect(outcomeOf(error, 0)).toMatchObject({ kind, problem: { reason } });
});

test('a missing right is tried a few times, because a starting API server knows no roles yet', () => {
  expect(outcomeOf(unauthorized, 0)).toMatchObject({ kind: 'retry', problem: { reason: 'NotAuthorized' } });
  expect(outcomeOf(unauthorized, 20)).toMatchObject({ kind: 'failed', problem: { reason: 'WriteRefused' } });
});

test('the pause that the API server asks for is passed on, for any error', () => {
  expect(outcomeOf(new KubeError(429, {}, '20'), 0)).toMatchObject({ kind: 'retry', retryAfterMs: 20_000 });
  expect(outcomeOf(new KubeError(503, { details: { retryAfterSeconds: 5 } }), 0)).toMatchObject({
    retryAfterMs: 5_000,
  });
  expect(outcomeOf(new KubeError(503, {}), 0)).not.toHaveProperty('retryAfterMs');
});

test('the cause contains the answer of the API server in addition to the reason of the condition', () => {
  const { problem } = outcomeOf(new KubeError(422, { reason: 'Invalid' }), 0) as { problem: Problem };
  expect(problem.cause).toEqual({ code: problem.reason, reason: 'Invalid', httpStatus: 422 });
  expect(outcomeOf(new KubeUnreachable('gone'), 0)).toMatchObject({
    problem: { cause: { code: 'ClusterUnreachable', reason: null, httpStatus: null } },
  });
});

test('a right that a tenant’s deployer lacks is final: its workloads ask for what the tenant may not do', () => {
  const message =
    'ingresses "a" is forbidden: User "system:serviceaccount:tn-a:deployer" cannot patch resource "ingresses"';
  expect(outcomeOf(forbidden(message), 0)).toMatchObject({
    kind: 'failed',
    problem: { reason: 'WriteRefused', message },
  });
});

test('a problem with a step names its object', () => {
  const step = new StepFailed('v1/Namespace/a', 'Namespace', new KubeError(422, { message: 'no' }));
  expect(outcomeOf(step, 0)).toMatchObject({ problem: { object: 'v1/Namespace/a', kind: 'Namespace', message: 'no' } });
});

test('a failure that the pass itself decided on is final', () => {
  const problem = { reason: 'NamespaceNotOwned', message: 'm', object: null, kind: null };
  expect(outcomeOf(new PassFailed(problem), 3)).toEqual({ kind: 'failed', problem });
});
