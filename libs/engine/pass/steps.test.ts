import { KubeError } from '#kube';
import { type OperationStep } from '#tenancy';
import { expect, test } from 'vitest';

import { MOST_STEPS, StepFailed, StepLog } from './steps.js';

const target = (name: string): { object: string; kind: string } => ({
  object: `v1/Namespace/${name}`,
  kind: 'Namespace',
});
const done = (): Promise<void> => Promise.resolve();

test('a step shows while it runs', async () => {
  const log = new StepLog([]);
  let finish = (): void => undefined;
  const work = log.run('apply', target('a'), () => new Promise<void>((resolve) => (finish = resolve)));
  expect(log.all()).toMatchObject([{ state: 'running', attempts: 1, error: null, cause: null }]);
  finish();
  await work;
  expect(log.all()).toMatchObject([{ state: 'succeeded', attempts: 1 }]);
});

test('a failed step has the message and code of the API server; the next attempt continues the count', async () => {
  const log = new StepLog([]);
  const refused = new KubeError(403, { reason: 'Forbidden', message: 'denied by policy' });
  await expect(log.run('apply', target('a'), () => Promise.reject(refused))).rejects.toBeInstanceOf(StepFailed);
  const cause = { code: 'WriteRefused', reason: 'Forbidden', httpStatus: 403 };
  expect(log.all()).toMatchObject([{ state: 'failed', attempts: 1, error: 'denied by policy', cause }]);
  const next = new StepLog(log.all());
  await next.run('apply', target('a'), done);
  expect(next.all()).toMatchObject([{ state: 'succeeded', attempts: 2, error: null, cause: null }]);
});

test('a long error is cut', async () => {
  const log = new StepLog([]);
  const page = new KubeError(422, { reason: 'Invalid', message: 'x'.repeat(100_000) });
  await expect(log.run('apply', target('a'), () => Promise.reject(page))).rejects.toThrow();
  expect(log.all()[0]?.error).toHaveLength(2_000);
});

test('the newest thousand steps are kept, and the dropped ones counted', async () => {
  const log = new StepLog([]);
  for (let count = 0; count < MOST_STEPS + 5; count += 1) await log.run('apply', target(`n${count}`), done);
  expect(log.all()).toHaveLength(MOST_STEPS);
  expect(log.all()[0]?.object).toBe('v1/Namespace/n5');
  expect(log.takeDropped()).toBe(5);
  expect(log.takeDropped()).toBe(0);
});

test('a step of a worker that died is no longer running', () => {
  const running: OperationStep = {
    name: 'apply',
    object: 'v1/Namespace/a',
    state: 'running',
    attempts: 3,
    durationMs: 0,
    error: null,
    startedAt: '2026-01-01T00:00:00.000Z',
  };
  expect(new StepLog([running]).all()).toMatchObject([
    { state: 'failed', attempts: 3, cause: { code: 'Interrupted', reason: null, httpStatus: null } },
  ]);
});

test('a wait begins once, lasts over passes, and ends when a pass no longer waits for it', () => {
  const awaited = { object: 'v1/Namespace/a', code: 'NamespaceTerminating', message: 'is being deleted' };
  const first = new StepLog([]);
  first.waitFor(awaited);
  const [begun] = first.all();
  expect(begun).toMatchObject({ name: 'wait', state: 'running', attempts: 1, error: awaited.message });
  const second = new StepLog([{ ...(begun as OperationStep), startedAt: '2026-01-01T00:00:00.000Z' }]);
  second.waitFor(awaited);
  expect(second.all()).toMatchObject([{ state: 'running', attempts: 2, startedAt: '2026-01-01T00:00:00.000Z' }]);
  second.waitFor(null);
  expect(second.all()).toMatchObject([{ state: 'succeeded', attempts: 2, error: null, cause: null }]);
  expect(second.all()[0]?.durationMs).toBeGreaterThan(60_000);
});
