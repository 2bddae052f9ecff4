import { KubeError, KubeUnreachable } from '#kube';
import { expect, test } from 'vitest';

import { type Outcome, outcomeOf, PassFailed, type Problem } from './outcome.js';
import { StepFailed } from './steps.js';

const none = { count: 0, forMs: 0 };
const PATIENCE_MS = 60_000;
const ended = (error: unknown, before = none): Outcome => outcomeOf(error, before, PATIENCE_MS);
const invalid = new KubeError(422, { reason: 'Invalid', message: 'no' });

test.for([
  ['the first refusal', { count: 0, forMs: 0 }, 'retry'],
  ['the second, after hours without a worker', { count: 1, forMs: 3_600_000 }, 'retry'],
  ['the third, too soon', { count: 2, forMs: 59_000 }, 'retry'],
  ['the third, a minute after the first', { count: 2, forMs: 60_000 }, 'failed'],
  ['any later one', { count: 20, forMs: 600_000 }, 'failed'],
] as const)('a refusal is final after three attempts over a minute: %s', ([, before, kind]) => {
  for (const message of ['no', '" cannot get resource "namespaces"']) {
    const error = new KubeError(message === 'no' ? 422 : 403, { message });
    expect(ended(error, before)).toMatchObject({ kind, refused: true, problem: { message } });
  }
});

test.for([
  'failed to create typed patch object (tn-a/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema',
  'failed to create typed patch object (tn-a/c; /v1, Kind=ConfigMap): .data.port: expected string, got &value.valueUnstructured{Value:8080}',
])('an object that the API server cannot read is final at once: %s', (message) => {
  expect(ended(new KubeError(500, { message }))).toMatchObject({ kind: 'failed', refused: true, problem: { message } });
});

test('what passes, and what is waited for, is never final', () => {
  const before = { count: 20, forMs: 600_000 };
  const webhook = new KubeError(500, { message: 'failed calling webhook "x": EOF' });
  for (const error of [new KubeUnreachable('gone'), new KubeError(409, {}), webhook, new TypeError('x')]) {
    expect(ended(error, before)).toMatchObject({ kind: 'retry', refused: false });
  }
});

test('the pause that the API server asks for is passed on, for any error', () => {
  expect(ended(new KubeError(429, {}, '20'))).toMatchObject({ kind: 'retry', retryAfterMs: 20_000 });
  expect(ended(new KubeError(503, { details: { retryAfterSeconds: 5 } }))).toMatchObject({
    retryAfterMs: 5_000,
  });
  expect(ended(new KubeError(503, {}))).not.toHaveProperty('retryAfterMs');
});

test('the cause contains the answer of the API server in addition to the reason of the condition', () => {
  const { problem } = ended(invalid) as { problem: Problem };
  expect(problem.cause).toEqual({ code: problem.reason, reason: 'Invalid', httpStatus: 422 });
  expect(ended(new KubeUnreachable('gone'))).toMatchObject({
    problem: { cause: { code: 'ClusterUnreachable', reason: null, httpStatus: null } },
  });
});

test('a problem with a step names its object', () => {
  const step = new StepFailed('v1/Namespace/a', 'Namespace', invalid);
  expect(ended(step)).toMatchObject({ problem: { object: 'v1/Namespace/a', kind: 'Namespace', message: 'no' } });
});

test('a failure that the pass itself decided on is final', () => {
  const problem = { reason: 'NamespaceNotOwned', message: 'm', object: null, kind: null };
  expect(ended(new PassFailed(problem))).toEqual({ kind: 'failed', problem, refused: false });
});
