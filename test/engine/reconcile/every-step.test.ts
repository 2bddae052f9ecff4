import { afterAll, beforeAll, expect, test } from 'vitest';

import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { type Fault, FaultProxy, type ProxiedRequest } from '../../support/fault-proxy.js';
import { sweep } from '../../support/sweep.js';

const members = [{ kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }];

/** A tenant of this suite, the write request (its step) at which a fault occurs, and the fault. */
interface Case {
  slug: string;
  step: string;
  fault: Fault;
}

const status = (code: number, message: string): object => ({ kind: 'Status', status: 'Failure', code, message });

/** The answer of an API server with an internal error. */
const failure: Fault = { kind: 'answer', status: 500, body: status(500, 'the test demands it') };
const lostReply: Fault = { kind: 'lose-reply' };

/** Other faults; each step meets one of them. */
const otherFaults: Fault[] = [
  { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: status(429, 'too many requests') },
  { kind: 'answer', status: 403, body: status(403, 'User "worker" cannot patch resource "quotas" in API group ""') },
  { kind: 'drop' },
  { kind: 'repeat' },
];

/** The step of a request, the same for every tenant; null if the request does not concern this tenant. */
function stepOf(slug: string, { isWrite, method, path, query }: ProxiedRequest): string | null {
  const namespace = new RegExp(`/namespaces/tn-${slug}(/|$)`);
  if (!isWrite || !namespace.test(path)) return null;
  return `${method} ${path.replace(`tn-${slug}`, 'tn')}${query.has('dryRun') ? ' dry' : ''}`;
}

describeOnBothQueues('a tenant whose every step fails once', (queue) => {
  // Of a worker that was killed, a queue still has jobs. How a pass takes an answer of the API server does not depend on it.
  const withFaults = queue === 'postgres';
  let bulkhead: Bulkhead;
  let proxy: FaultProxy;
  const cluster = new Cluster();
  const ids = new Map<string, string>();
  const steps = { create: [] as string[], remove: [] as string[] };
  let reference: string[] = [];

  beforeAll(async () => {
    proxy = await FaultProxy.start();
    bulkhead = await Bulkhead.start({ queue, kubeconfig: proxy.kubeconfig });
  });
  afterAll(async () => {
    await bulkhead.stop();
    await proxy.stop();
  });

  const startWorker = (): ReturnType<Bulkhead['startWorker']> =>
    bulkhead.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '64' });

  async function create(slug: string): Promise<void> {
    const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'team', members });
    expect(answer.status).toBe(202);
    ids.set(slug, answer.body['id'] as string);
  }

  async function remove(slug: string): Promise<void> {
    expect((await bulkhead.api.deleteTenant(ids.get(slug) ?? '')).status).toBe(202);
  }

  /** Objects of a tenant, under names that are the same for all. */
  async function objectsOf(slug: string): Promise<string[]> {
    const names = await cluster.objectsOf(ids.get(slug) ?? '');
    return names.map((name) => name.replace(`tn-${slug}`, 'tn')).sort();
  }

  async function reach(phase: 'active' | 'deleted', slugs: readonly string[]): Promise<void> {
    await eventually(
      `all are ${phase}`,
      async () => {
        const rows = await bulkhead.database.query<{ slug: string }>(
          'SELECT slug FROM tenants WHERE slug = ANY($1) AND phase = $2 AND observed_generation = generation',
          [slugs, phase],
        );
        return rows.length === slugs.length;
      },
      120_000,
    );
  }

  /** A case for each step, on new tenants or on the provided ones. */
  function casesFor(
    list: readonly string[],
    faultFor: (index: number) => Fault,
    slugs: readonly string[] = [],
  ): Case[] {
    return list.map((step, index) => ({ step, fault: faultFor(index), slug: slugs[index] ?? newSlug('step') }));
  }

  /** Applies the fault of each case to the first request of its step. Later requests pass. */
  function disturb(cases: readonly Case[]): { allMet: () => Promise<unknown>; lift: () => void } {
    const left = new Map(cases.map((each) => [each.slug, each]));
    const lift = proxy.use((request) => {
      const found = left.get(/\/namespaces\/tn-([^/]+)/.exec(request.path)?.[1] ?? '');
      if (found === undefined || stepOf(found.slug, request) !== found.step) return undefined;
      left.delete(found.slug);
      return found.fault;
    });
    const allMet = (): Promise<unknown> =>
      eventually(
        'every case has met its step',
        () => {
          if (left.size > 0) throw new Error(`not met: ${[...left.values()].map(({ step }) => step).join(', ')}`);
          return Promise.resolve(true);
        },
        60_000,
      );
    return { allMet, lift };
  }

  async function expectWhole(cases: readonly Case[]): Promise<void> {
    for (const { slug, step } of cases) expect(await objectsOf(slug), `after ${step}`).toEqual(reference);
    const operations = await bulkhead.database.query(
      `SELECT o.state FROM operations o JOIN tenants t ON t.id = o.tenant_id
       WHERE t.slug = ANY($1) AND o.kind = 'create' AND o.state <> 'succeeded'`,
      [cases.map(({ slug }) => slug)],
    );
    expect(operations).toEqual([]);
  }

  async function expectGone(slugs: readonly string[]): Promise<void> {
    await reach('deleted', slugs);
    const tenantIds = slugs.map((slug) => ids.get(slug) ?? '');
    const namespaces = slugs.map((slug) => `tn-${slug}`);
    expect(await sweep({ tenantIds, namespaces })).toEqual([]);
  }

  /** Two cases for each step: the worker is killed just before the request arrives, or just after. */
  function killsFor(list: readonly string[], until: Promise<unknown>, slugs: readonly string[] = []): Case[] {
    const faultFor = (when: 'before' | 'after') => (): Fault => ({ kind: 'hold', when, until });
    return [
      ...casesFor(list, faultFor('before'), slugs),
      ...casesFor(list, faultFor('after'), slugs.slice(list.length)),
    ];
  }

  test('is first created and deleted undisturbed, to learn the steps', async () => {
    const slug = newSlug('steps');
    const seen: string[] = [];
    const lift = proxy.use((request) => {
      const step = stepOf(slug, request);
      if (step !== null) seen.push(step);
      return undefined;
    });
    const worker = await startWorker();
    await create(slug);
    await reach('active', [slug]);
    steps.create = [...new Set(seen.splice(0))];
    reference = await objectsOf(slug);
    expect(steps.create.length).toBeGreaterThanOrEqual(reference.length);
    await remove(slug);
    await expectGone([slug]);
    steps.remove = [...new Set(seen)];
    expect(steps.remove.length).toBeGreaterThan(2);
    lift();
    await worker.stop();
  }, 120_000);

  const faultyCreation = async (): Promise<void> => {
    const worker = await startWorker();
    const cases = [
      ...casesFor(steps.create, () => failure),
      ...casesFor(steps.create, () => lostReply),
      ...casesFor(steps.create, (index) => otherFaults[index % otherFaults.length] ?? failure),
    ];
    const { allMet, lift } = disturb(cases);
    for (const { slug } of cases) await create(slug);
    await allMet();
    await reach('active', slugsOf(cases));
    lift();
    await expectWhole(cases);
    await worker.stop();
  };
  if (withFaults) {
    test('is created although every step fails, is refused or repeated, or its reply is lost', faultyCreation, 240_000);
  }

  test('is created although the worker is killed at every step', async () => {
    const release = Promise.withResolvers<undefined>();
    const cases = killsFor(steps.create, release.promise);
    const { allMet, lift } = disturb(cases);
    const worker = await startWorker();
    for (const { slug } of cases) await create(slug);
    await allMet();
    await worker.stop('SIGKILL');
    release.resolve(undefined);
    lift();
    const next = await startWorker();
    await reach('active', slugsOf(cases));
    await expectWhole(cases);
    await next.stop();
  }, 240_000);

  test('is deleted under the same faults, until no object is left', async () => {
    const count = steps.remove.length;
    const needed = (withFaults ? 5 : 2) * count;
    const more = Array.from({ length: Math.max(0, needed - ids.size + 1) }, () => newSlug('step'));
    for (const slug of more) await create(slug);
    const helper = await startWorker();
    await reach('active', more);
    await helper.stop();
    const slugs = [...ids.keys()].slice(1);
    const release = Promise.withResolvers<undefined>();
    const killed = killsFor(steps.remove, release.promise, slugs.splice(0, 2 * count));
    const kills = disturb(killed);
    const worker = await startWorker();
    for (const { slug } of killed) await remove(slug);
    await kills.allMet();
    await worker.stop('SIGKILL');
    release.resolve(undefined);
    kills.lift();

    const failing = (): Case[] => [
      ...casesFor(steps.remove, () => failure, slugs.slice(0, count)),
      ...casesFor(steps.remove, () => lostReply, slugs.slice(count, 2 * count)),
      ...casesFor(steps.remove, (index) => otherFaults[index % otherFaults.length] ?? failure, slugs.slice(2 * count)),
    ];
    const { allMet, lift } = disturb(withFaults ? failing() : []);
    await startWorker();
    for (const slug of slugs) await remove(slug);
    await allMet();
    await expectGone([...slugsOf(killed), ...slugs]);
    lift();
  }, 240_000);
});

function slugsOf(cases: readonly Case[]): string[] {
  return cases.map(({ slug }) => slug);
}
