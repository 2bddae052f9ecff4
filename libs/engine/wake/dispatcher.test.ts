import { type Clusters } from '#clusters';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { type BegunPass, type Reconciler } from '../reconcile/reconciler.js';
import { Dispatcher } from './dispatcher.js';
import { type DriftCheck } from './drift-check.js';
import { PassRunner } from './pass-runner.js';

/** Tenants in a list instead of a table; passes end when they are told to. */
class Tenants {
  /** Those whose names begin with the id of a cluster are placed there, the others on `c`. */
  waiting: string[] = [];
  readonly passes = new Map<string, PromiseWithResolvers<undefined>>();
  looks = 0;
  failure: Error | null = null;
  hangs: Promise<void> | null = null;

  async reconcileChanged(limit: number, except: readonly string[]): Promise<BegunPass[]> {
    this.looks += 1;
    const taken = this.waiting.filter((name) => !except.includes(clusterOf(name))).slice(0, limit);
    this.waiting = this.waiting.filter((name) => !taken.includes(name));
    await this.hangs;
    if (this.failure !== null) throw this.failure;
    return taken.map((name) => this.begun(name));
  }

  begin(name: string): Promise<BegunPass> {
    return Promise.resolve(this.begun(name));
  }

  private begun(name: string): BegunPass {
    const pass = Promise.withResolvers<undefined>();
    this.passes.set(name, pass);
    return { tenantId: name, clusterId: clusterOf(name), ended: pass.promise };
  }

  get underWay(): string[] {
    return [...this.passes.keys()];
  }

  async end(name: string, error?: Error): Promise<void> {
    const pass = this.passes.get(name);
    this.passes.delete(name);
    if (error === undefined) pass?.resolve(undefined);
    else pass?.reject(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}

const clusterOf = (name: string): string => /^(\w+)\//.exec(name)?.[1] ?? 'c';

let tenants: Tenants;
let clusters: string[];
let dispatcher: Dispatcher;
let runner: PassRunner;

beforeEach(() => {
  vi.useFakeTimers();
  tenants = new Tenants();
  clusters = ['c'];
  const connected = {
    get ids() {
      return clusters;
    },
  } as unknown as Clusters;
  const reconciler = tenants as unknown as Reconciler;
  runner = new PassRunner(reconciler, {} as DriftCheck, connected, 6);
  dispatcher = new Dispatcher(reconciler, runner, connected);
});
afterEach(async () => {
  tenants.waiting = [];
  for (const name of tenants.underWay) await tenants.end(name);
  await dispatcher.beforeApplicationShutdown();
  await runner.beforeApplicationShutdown();
  vi.useRealTimers();
});

test('takes what waits when it is told, a few together, and never more than it has room for', async () => {
  tenants.waiting = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  await dispatcher.dispatch();
  expect(tenants.underWay).toEqual(['a', 'b', 'c', 'd']);
  await vi.advanceTimersByTimeAsync(20);
  expect(tenants.underWay).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tenants.underWay).toHaveLength(6);
  await tenants.end('c');
  expect(tenants.underWay).toEqual(['a', 'b', 'd', 'e', 'f', 'g']);
});

test('looks for the first of many changes at once, and for the others together', async () => {
  for (const name of ['a', 'b', 'c']) {
    tenants.waiting.push(name);
    dispatcher.ring();
    await vi.advanceTimersByTimeAsync(2);
  }
  expect([tenants.underWay, tenants.looks]).toEqual([['a'], 1]);
  await vi.advanceTimersByTimeAsync(20);
  expect([tenants.underWay, tenants.looks]).toEqual([['a', 'b', 'c'], 2]);
});

test('looks although nobody tells, and goes on after a look that failed', async () => {
  dispatcher.loop.start();
  tenants.failure = new Error('the database is away');
  await vi.advanceTimersByTimeAsync(600);
  expect(tenants.looks).toBe(2);
  [tenants.failure, tenants.waiting] = [null, ['a']];
  await vi.advanceTimersByTimeAsync(250);
  expect(tenants.underWay).toEqual(['a']);
});

test('a look that hangs does not hold up the next one for long, and its tenants count as under way', async () => {
  const answer = Promise.withResolvers<undefined>();
  dispatcher.loop.start();
  tenants.hangs = answer.promise;
  tenants.waiting = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const told = dispatcher.dispatch();
  await vi.advanceTimersByTimeAsync(400);
  expect([tenants.looks, tenants.underWay]).toEqual([1, []]);
  tenants.hangs = null;
  await vi.advanceTimersByTimeAsync(400);
  await told;
  expect(tenants.underWay).toEqual(['e', 'f']);
  answer.resolve(undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect(tenants.underWay.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('looks again at the end of a pass during which it was told, and otherwise does not', async () => {
  tenants.waiting = ['a'];
  await dispatcher.dispatch();
  await vi.advanceTimersByTimeAsync(100);
  const before = tenants.looks;
  await dispatcher.dispatch();
  // Changed once more during its pass: it can be taken only now.
  tenants.waiting = ['a'];
  await tenants.end('a');
  expect(tenants.underWay).toEqual(['a']);
  expect(tenants.looks).toBe(before + 2);
  await vi.advanceTimersByTimeAsync(100);
  const quiet = tenants.looks;
  await tenants.end('a');
  expect(tenants.looks).toBe(quiet);
});

test('a pass that fails gives its place back', async () => {
  tenants.waiting = ['a'];
  await dispatcher.dispatch();
  await tenants.end('a', new Error('the database is away'));
  tenants.waiting = ['b', 'c', 'd', 'e', 'f', 'g'];
  await dispatcher.dispatch();
  await vi.advanceTimersByTimeAsync(50);
  expect(tenants.underWay).toHaveLength(6);
});

test('tenants that nobody changed wait for a place', async () => {
  tenants.waiting = ['a', 'b', 'c', 'd', 'e', 'f'];
  await dispatcher.dispatch();
  await vi.advanceTimersByTimeAsync(50);
  const looked = runner.reconcile('z', 'due');
  await vi.advanceTimersByTimeAsync(50);
  expect(tenants.underWay).not.toContain('z');
  await tenants.end('a');
  await vi.advanceTimersByTimeAsync(50);
  expect(tenants.underWay).toContain('z');
  await tenants.end('z');
  await looked;
});

test('stops when its passes have ended, and takes nothing more', async () => {
  tenants.waiting = ['a', 'b'];
  await dispatcher.dispatch();
  const stopped = Promise.all([dispatcher.beforeApplicationShutdown(), runner.beforeApplicationShutdown()]);
  tenants.waiting = ['c'];
  await dispatcher.dispatch();
  await tenants.end('a');
  await tenants.end('b');
  await stopped;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tenants.passes.size).toBe(0);
});

test('passes of one cluster leave room for those of another', async () => {
  clusters = ['c', 'd'];
  tenants.waiting = ['a', 'b', 'e', 'f', 'g', 'h', 'd/a', 'd/b', 'd/e'];
  await dispatcher.dispatch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tenants.underWay.toSorted()).toEqual(['a', 'b', 'd/a', 'd/b', 'e', 'f']);
  await tenants.end('d/a');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tenants.underWay).toContain('d/e');
  await tenants.end('a');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tenants.underWay).toContain('g');
});
