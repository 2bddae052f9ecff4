import { type Clusters } from '#clusters';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { type BegunPass, type Reconciler } from '../reconcile/reconciler.js';
import { type DriftCheck, type DriftLook } from './drift-check.js';
import { PassRunner } from './pass-runner.js';

/** Tenants on the clusters `away` and `near`, by the beginnings of their names; passes end when they are told to. */
class Tenants {
  readonly passes = new Map<string, PromiseWithResolvers<undefined>>();
  /** Those whose leases other workers hold. */
  readonly held = new Set<string>();
  readonly asked: string[] = [];
  readonly looks = new Map<string, DriftLook>();
  /** What every look ends with, if any. */
  failure: Error | null = null;

  begin(tenantId: string, { urgent }: { urgent: boolean }): Promise<BegunPass | null> {
    this.asked.push(urgent ? `${tenantId}!` : tenantId);
    if (this.held.has(tenantId)) return Promise.resolve(null);
    const pass = Promise.withResolvers<undefined>();
    this.passes.set(tenantId, pass);
    return Promise.resolve({ tenantId, clusterId: tenantId.startsWith('away') ? 'away' : 'near', ended: pass.promise });
  }

  look(tenantId: string): Promise<DriftLook> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return Promise.resolve(this.looks.get(tenantId) ?? { hasDrifted: true, nextIn: null });
  }

  get underWay(): string[] {
    return [...this.passes.keys()];
  }

  async end(tenantId: string): Promise<void> {
    this.passes.get(tenantId)?.resolve(undefined);
    this.passes.delete(tenantId);
    await later();
  }
}

const later = (ms = 2): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const names = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${word}-${index}`);

let tenants: Tenants;
let runner: PassRunner;
let clusters: string[];

beforeEach(() => {
  vi.useFakeTimers();
  tenants = new Tenants();
  clusters = ['near'];
  const connected = {
    get ids() {
      return clusters;
    },
  } as unknown as Clusters;
  runner = new PassRunner(tenants as unknown as Reconciler, tenants as unknown as DriftCheck, connected, 6);
});
afterEach(async () => {
  runner.onModuleDestroy();
  for (const tenantId of tenants.underWay) await tenants.end(tenantId);
  await runner.beforeApplicationShutdown();
  vi.useRealTimers();
});

test('urgent work and drift have places that no backlog takes', async () => {
  for (const tenantId of names('due', 20)) void runner.reconcile(tenantId, 'due');
  await later();
  expect(tenants.underWay).toHaveLength(6);
  void runner.reconcile('emergency', 'urgent');
  runner.suspectDrift('drifted', 'near');
  await later();
  expect(tenants.underWay.slice(6)).toEqual(['emergency', 'drifted']);
  expect(tenants.asked).toContain('emergency!');
});

test('urgent work on a tenant that waits already overtakes', async () => {
  const waiting = names('due', 20);
  for (const tenantId of waiting) void runner.reconcile(tenantId, 'due');
  await later();
  void runner.reconcile('due-19', 'urgent');
  await later();
  expect(tenants.underWay.slice(6)).toEqual(['due-19']);
});

test('what is asked for during a pass follows it, once', async () => {
  void runner.reconcile('a', 'due');
  await later();
  const again = [runner.reconcile('a', 'urgent'), runner.reconcile('a', 'due')];
  await later(50);
  expect(tenants.asked).toEqual(['a']);
  await tenants.end('a');
  expect(tenants.asked).toEqual(['a', 'a!']);
  await tenants.end('a');
  await Promise.all(again);
});

test('urgent work asks again for a lease that another worker holds, and gives up after a while', async () => {
  tenants.held.add('a').add('b');
  void runner.reconcile('a', 'urgent');
  const given = runner.reconcile('b', 'urgent');
  await later(500);
  tenants.held.delete('a');
  await later(50);
  expect(tenants.underWay).toEqual(['a']);
  await later(2_000);
  await given;
  const asked = tenants.asked.length;
  await later(5_000);
  expect(tenants.asked).toHaveLength(asked);
});

test('work on a tenant that another worker has in hand is done', async () => {
  tenants.held.add('a');
  const asked = runner.reconcile('a', 'due');
  await later();
  await asked;
  expect(tenants.asked).toEqual(['a']);
});

test('drift is looked at first, and again when the look says so', async () => {
  tenants.looks.set('a', { hasDrifted: false, nextIn: null });
  tenants.looks.set('b', { hasDrifted: false, nextIn: 300 });
  runner.suspectDrift('a', 'near');
  runner.suspectDrift('b', 'near');
  await later(200);
  expect(tenants.asked).toEqual([]);
  tenants.looks.clear();
  await later(200);
  expect(tenants.asked).toEqual(['b']);
});

test('a tenant that is due is reconciled without a look, also when drift is suspected', async () => {
  tenants.looks.set('a', { hasDrifted: false, nextIn: null });
  runner.suspectDrift('a', 'near');
  void runner.reconcile('a', 'due');
  await later();
  expect(tenants.asked).toEqual(['a']);
});

test('a tenant that is due and drifted is only looked at again after another worker had its lease', async () => {
  tenants.held.add('a');
  runner.suspectDrift('a', 'near');
  void runner.reconcile('a', 'due');
  await later();
  tenants.looks.set('a', { hasDrifted: false, nextIn: null });
  await later(2_000);
  expect(tenants.asked).toEqual(['a']);
});

test('tenants that are only due stay behind changed ones, but not for ever', async () => {
  runner.hasBacklog = true;
  void runner.reconcile('a', 'due');
  await later(1_000);
  expect(tenants.asked).toEqual([]);
  runner.hasBacklog = false;
  await later();
  expect(tenants.asked).toEqual(['a']);

  runner.hasBacklog = true;
  void runner.reconcile('b', 'due');
  await later(31_000);
  await tenants.end('a');
  expect(tenants.asked).toEqual(['a', 'b']);
});

test('a cluster that is away leaves places to the others, for work of every priority', async () => {
  clusters = ['away', 'near'];
  for (const tenantId of names('away-due', 20)) void runner.reconcile(tenantId, 'due');
  for (const tenantId of names('away-urgent', 20)) void runner.reconcile(tenantId, 'urgent');
  for (const tenantId of names('away-drifted', 20)) runner.suspectDrift(tenantId, 'away');
  await later(100);
  const before = tenants.underWay;
  runner.suspectDrift('near-drifted', 'near');
  await later();
  expect(tenants.underWay.slice(before.length)).toEqual(['near-drifted']);
  expect(runner.roomForChanged('near')).toBeGreaterThan(0);
});

test('a pass that somebody else began keeps its tenant, and its end is told', async () => {
  const ended: number[] = [];
  runner.onEnd((since) => ended.push(since));
  const pass = Promise.withResolvers<undefined>();
  runner.follow({ tenantId: 'a', clusterId: 'near', ended: pass.promise });
  runner.suspectDrift('a', 'near');
  await later(100);
  expect([tenants.asked, ended]).toEqual([[], []]);
  pass.resolve(undefined);
  await later();
  expect(tenants.asked).toEqual(['a']);
  expect(ended).toHaveLength(1);
});

test('a database that is away is logged now and then, not for every tenant; a defect is logged each time', async () => {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  tenants.failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  for (const tenantId of names('drifted', 200)) runner.suspectDrift(tenantId, 'near');
  await later(9_000);
  expect([warn.mock.calls.length, error.mock.calls.length]).toEqual([2, 0]);

  tenants.failure = new TypeError('undefined is not a function');
  await later(1_000);
  expect(error.mock.calls.length).toBeGreaterThanOrEqual(200);

  tenants.failure = null;
  await later(1_000);
  expect(tenants.underWay).toHaveLength(8);
  vi.restoreAllMocks();
});

test('stopping ends jobs that wait, begins nothing more, and waits for what is under way', async () => {
  void runner.reconcile('a', 'due');
  await later();
  runner.hasBacklog = true;
  const waiting = runner.reconcile('b', 'due');
  runner.onModuleDestroy();
  await waiting;
  const stopped = runner.beforeApplicationShutdown();
  await runner.reconcile('c', 'urgent');
  await later(100);
  expect(tenants.underWay).toEqual(['a']);
  await tenants.end('a');
  await stopped;
  expect(tenants.asked).toEqual(['a']);
});
