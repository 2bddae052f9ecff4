import { readFileSync } from 'node:fs';

import { type KubernetesObject, type KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import pMap from 'p-map';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Adversary, type Outcome, outcome } from '../../isolation/escapes/adversary.js';
import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { linkOnce, makeService, proposeLink } from '../../support/links.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { type Program } from '../../support/program.js';
import { kindsOfDevelopers, type Sized } from './largest-objects.js';

/** With less the worker would end. Without a limit Node lets garbage pile up, on a machine with much memory. */
const HEAP_MB = 256;
const MOST_MEMORY_KB = 400 * 1024;
/** For what nobody can write any more. The container of a worker has 768 MB (deploy/helm/bulkhead/values.yaml). */
const MOST_FROM_BEFORE_KB = 600 * 1024;
const MIB = 1024 * 1024;

// A control plane of its own: its database fills.
let own: OwnCluster;
let bulkhead: Bulkhead;
let worker: Program;
let hostile: TenantBody;
let partner: TenantBody;
let namespace: string;
let developer: Adversary;

beforeAll(async () => {
  own = await startOwnCluster();
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  worker = await bulkhead.startWorker({ NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` });
  const members = [{ kind: 'User', name: 'mallory@acme.example', role: 'tenant-admin' }];
  [hostile, partner] = [await newTenant({ members }), await newTenant()];
  namespace = hostile.namespaces[0]?.name ?? '';
  developer = new Adversary('mallory@acme.example', undefined, own.plane.adminKubeconfig);
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

async function newTenant(more: object = {}): Promise<TenantBody> {
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', {
    slug: newSlug('bounds'),
    plan: 'team',
    ...more,
  });
  expect(operation).toMatchObject({ state: 'succeeded' });
  return tenant;
}

/** The most memory that the worker had at any time, in KB. */
const mostMemory = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))?.[1]);

/** Creates objects of a kind until the quota is full, and returns how many there are. */
async function fill(objects: KubernetesObjectApi, word: string, { make, most }: Sized, bytes: number): Promise<number> {
  const numbers = Array.from({ length: most }, (_, index) => index);
  const create = async (index: number): Promise<number> => {
    const object = make(`${word}-${index}`, bytes);
    object.metadata = { ...object.metadata, namespace };
    return objects.create(object as KubernetesObject).then(
      () => 1,
      (error: unknown) => {
        if (String((error as { body?: unknown }).body).includes('exceeded quota')) return 0;
        throw error;
      },
    );
  };
  return (await pMap(numbers, create, { concurrency: 4 })).reduce((sum, one) => sum + one, 0);
}

async function hold(effect: string): Promise<string> {
  const path = `/v1/tenants/${hostile.id}/holds`;
  const { tenant, operation } = await bulkhead.api.change('POST', path, {
    effect,
    source: 'security',
    reason: 'Test.',
  });
  expect(operation).toMatchObject({ state: 'succeeded' });
  return tenant.id;
}

async function lift(id: string): Promise<void> {
  const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${hostile.id}/holds/${id}`);
  expect(operation).toMatchObject({ state: 'succeeded' });
}

async function readyReason(): Promise<string | undefined> {
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${hostile.id}`);
  return conditions.find(({ type }) => type === 'Ready')?.reason;
}

/** Everything that reads what the tenant wrote, while others create tenants. */
async function everythingReadsIt(): Promise<void> {
  const work = async (): Promise<void> => {
    for (const [effect, reason] of [
      ['quarantine', 'Quarantined'],
      ['suspend', 'Suspended'],
    ] as const) {
      const id = await hold(effect);
      expect(await readyReason()).toBe(reason);
      await lift(id);
    }
    const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${hostile.id}`, {
      labels: { changed: newSlug() },
    });
    expect(operation).toMatchObject({ state: 'succeeded' });
    const selector = { images: ['registry.example/nobody/runs:1'] };
    const radius = await bulkhead.api.send('POST', '/v1/quarantine/preview', { selector });
    expect(radius).toMatchObject({ status: 200, body: { tenants: [] } });
    const checked = await bulkhead.api.send('POST', `/v1/tenants/${hostile.id}/isolation-checks`);
    expect(checked.status).toBe(202);
    await eventually('the isolation check has ended', async () => {
      const { body } = await bulkhead.api.send('GET', checked.headers.get('location') ?? '');
      return body['state'] === 'succeeded';
    });
  };
  let isDone = false;
  const bystanders = async (): Promise<void> => {
    while (!isDone) await newTenant();
  };
  await Promise.all([work().finally(() => (isDone = true)), bystanders()]);
}

test('of no kind can a developer write an object of a megabyte', async () => {
  const answers = await pMap(
    Object.entries(kindsOfDevelopers),
    async ([kind, { make }]) => {
      const of = (bytes: number): KubernetesObject => {
        const object = make('large', bytes);
        object.metadata = { ...object.metadata, namespace };
        return object;
      };
      return [kind, await developer.create(of(10_000)), await developer.create(of(MIB))] as const;
    },
    { concurrency: 4 },
  );
  for (const [kind, small, large] of answers) {
    expect(small, kind).toBe('admitted');
    expect(large, kind).toMatch(/must not be larger than|Too long|must have at most/);
  }
});

test('an object that is too large from before can lose finalizers and nothing else, and managers cannot pile up', async () => {
  const metadata = { name: 'before', namespace };
  const data = { large: 'x'.repeat(600 * 1024) };
  const finalizers = ['example.com/one', 'example.com/two'];
  await own.cluster.objects.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, finalizers },
    data,
  } as never);
  const changing = (more: object, ofMetadata: object = {}): Promise<string> =>
    developer.patch({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, ...ofMetadata },
      ...more,
    });
  expect(await changing({ data: { more: 'x' } })).toContain('must not be larger than 512 KiB');
  expect(await changing({}, { labels: { a: 'b' } })).toContain('must not be larger than 512 KiB');
  expect(await changing({}, { finalizers: [...finalizers, 'example.com/three'] })).toContain('must not be larger');
  expect(await changing({}, { finalizers: ['example.com/two'] })).toBe('admitted');
  expect(await changing({ data: null })).toBe('admitted');

  const managed = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'managed', namespace }, data: { a: 'b' } };
  const apply = (manager: number): Promise<Outcome> =>
    outcome(
      developer.objects.patch(managed, undefined, undefined, `manager-${manager}`, true, PatchStrategy.ServerSideApply),
    );
  for (let manager = 0; manager < 64; manager += 1) expect(await apply(manager)).toBe('admitted');
  expect(await apply(64)).toContain('at most 64 field managers');
  await own.cluster.objects.patch(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, finalizers: null } } as never,
    undefined,
    undefined,
    undefined,
    undefined,
    PatchStrategy.MergePatch,
  );
});

test('with the most that a developer may write of every kind, the worker does all its work in 400 MB', async () => {
  await makeService(own.cluster, hostile);
  const { id } = await proposeLink(bulkhead.api, { provider: hostile, consumer: partner });
  await linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
  for (const [kind, sized] of Object.entries(kindsOfDevelopers)) {
    expect(await fill(developer.objects, 'allowed', sized, sized.allowed), kind).toBeGreaterThan(3);
  }
  await everythingReadsIt();
  expect(mostMemory()).toBeLessThan(MOST_MEMORY_KB);
  await linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
}, 400_000);

test('with workloads and bindings of a megabyte from before there were bounds, it still does', async () => {
  const { ReplicaSet: workloads, RoleBinding: bindings } = kindsOfDevelopers;
  // Admission exempts administrators.
  const { objects } = own.cluster;
  expect(await fill(objects, 'before', { ...workloads, most: 80 }, 1_200_000)).toBe(80);
  expect(await fill(objects, 'before', { ...bindings, most: 4 }, 200_000)).toBe(4);
  await everythingReadsIt();
  expect(mostMemory()).toBeLessThan(MOST_FROM_BEFORE_KB);
}, 400_000);
