import {
  PatchStrategy,
  setHeaderOptions,
  type V1ManagedFieldsEntry,
  type V1ResourceQuota,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster, workerWrites } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { FaultProxy } from '../../support/fault-proxy.js';

const cluster = new Cluster();
const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const applyPatch = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);

let bulkhead: Bulkhead;
let proxy: FaultProxy;
/** A plan whose second version has another number, and one key of the quota less. */
const plan = newSlug('merge');
beforeAll(async () => {
  proxy = await FaultProxy.start();
  bulkhead = await Bulkhead.start({ kubeconfig: proxy.kubeconfig });
  await bulkhead.startWorker();
  const { spec } = await bulkhead.api.get<{ spec: { quota: object } }>('/v1/plans/team');
  const storageClasses = { fast: { storage: '1Gi', volumeClaims: 3 } };
  const first = { ...spec, quota: { ...spec.quota, pods: 21, storageClasses } };
  await bulkhead.api.send('POST', '/v1/plans', { id: plan, displayName: 'Merge', spec: first });
  const second = { ...spec, quota: { ...spec.quota, pods: 22, storageClasses: {} } };
  expect(await bulkhead.api.send('POST', `/v1/plans/${plan}/versions`, { spec: second })).toMatchObject({
    status: 201,
  });
});
afterAll(async () => {
  await bulkhead.stop();
  await proxy.stop();
});

interface Quota {
  namespace: string;
  name: string;
}
const path = ({ namespace, name }: Quota): string => `/api/v1/namespaces/${namespace}/resourcequotas/${name}`;
const read = (quota: Quota): Promise<V1ResourceQuota> => cluster.core.readNamespacedResourceQuota(quota);
const FAST = 'fast.storageclass.storage.k8s.io/requests.storage';

/** The writers of the quota's content: the quota controller writes its status. */
async function writersOf(quota: Quota): Promise<V1ManagedFieldsEntry[]> {
  const { metadata } = await read(quota);
  return (metadata?.managedFields ?? []).filter(({ subresource }) => subresource === undefined);
}
const namesOf = (writers: readonly V1ManagedFieldsEntry[]): string[] =>
  writers.map(({ manager, operation }) => `${manager ?? ''} ${operation ?? ''}`).sort();

async function create(labels: Record<string, string> = {}): Promise<{ id: string; quota: Quota }> {
  const slug = newSlug('merge');
  const body = { slug, plan: { id: plan, version: 1 }, labels };
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', body);
  expect(operation.state).toBe('succeeded');
  const quota = { namespace: `tn-${slug}`, name: 'tenant-quota' };
  expect((await read(quota)).spec?.hard).toMatchObject({ pods: '21', [FAST]: '1Gi' });
  return { id: tenant.id, quota };
}

async function toSecondVersion(id: string): Promise<void> {
  const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { plan: { id: plan, version: 2 } });
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
}
const driftOf = (id: string): Promise<{ items: { fields: { path: string; manager: object | null }[] }[] }> =>
  bulkhead.api.get(`/v1/tenants/${id}/drift`);

async function expectSecondVersion(quota: Quota): Promise<void> {
  const { spec } = await read(quota);
  expect(spec?.hard).toMatchObject({ pods: '22' });
  expect(spec?.hard).not.toHaveProperty([FAST]);
}

/** Moves a tenant to the second version of its plan, and holds back the write of its quota until it is released. */
async function holdWrite(id: string, quota: Quota): Promise<{ release: () => Promise<string> }> {
  let isOpen: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (isOpen = resolve));
  let held = 0;
  const pass = proxy.use(({ method, path: target }) => {
    if (method !== 'PATCH' || target !== path(quota) || held > 0) return undefined;
    held++;
    return { kind: 'hold', when: 'before', until: opened };
  });
  const changing = bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { plan: { id: plan, version: 2 } });
  await eventually('the write is held', () => Promise.resolve(held === 1));
  return {
    release: async () => {
      isOpen();
      const { operation } = await changing;
      pass();
      return operation.state;
    },
  };
}

/** Sends the quota as it is under Bulkhead's name as an apply, as earlier releases did with every change. */
async function applyAsEarlierRelease(quota: Quota): Promise<void> {
  const { metadata, spec } = await read(quota);
  const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { ...quota, labels: metadata?.labels }, spec };
  await cluster.core.patchNamespacedResourceQuota(
    { ...quota, body, fieldManager: 'bulkhead', force: true },
    applyPatch,
  );
}

describe('a changed object', () => {
  test('loses what is no longer rendered, keeps what others added, and has one record of Bulkhead', async () => {
    const { id, quota } = await create();
    expect(namesOf(await writersOf(quota))).toEqual(['bulkhead Update']);
    const theirs = { metadata: { labels: { theirs: 'x' }, annotations: { 'their.example/note': 'y' } } };
    await cluster.core.patchNamespacedResourceQuota({ ...quota, body: theirs, fieldManager: 'mallory' }, mergePatch);
    await toSecondVersion(id);
    await expectSecondVersion(quota);
    expect((await read(quota)).metadata).toMatchObject({
      labels: { theirs: 'x', 'bulkhead.io/tenant-id': id },
      annotations: { 'their.example/note': 'y' },
    });
    expect(namesOf(await writersOf(quota))).toEqual(['bulkhead Update', 'mallory Update']);
    expect((await driftOf(id)).items).toEqual([]);
  });

  test('that an earlier release applied is changed, and nothing of it counts as drift', async () => {
    const { id, quota } = await create();
    await applyAsEarlierRelease(quota);
    expect(namesOf(await writersOf(quota))).toEqual(['bulkhead Apply', 'bulkhead Update']);
    await toSecondVersion(id);
    await expectSecondVersion(quota);
    expect(namesOf(await writersOf(quota))).toEqual(['bulkhead Apply', 'bulkhead Update']);
    expect((await driftOf(id)).items).toEqual([]);
    const writes = workerWrites(path(quota)).length;
    await bulkhead.api.changeNothing(`/v1/tenants/${id}`);
    expect(workerWrites(path(quota))).toHaveLength(writes);
  });

  test('loses its own labels and keeps those of others', async () => {
    const { id, quota } = await create({ region: 'eu', tier: 'gold' });
    const target = { name: quota.namespace, fieldManager: 'mallory' };
    await cluster.core.patchNamespace({ ...target, body: { metadata: { labels: { theirs: 'x' } } } }, mergePatch);
    const own = Object.entries((await cluster.core.readNamespace(target)).metadata?.labels ?? {});
    const region = own.find(([, value]) => value === 'eu')?.[0] ?? '';
    const tier = own.find(([, value]) => value === 'gold')?.[0] ?? '';
    expect([region, tier]).not.toContain('');
    await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { labels: { region: null, tier: 'silver' } });
    const { metadata } = await cluster.core.readNamespace(target);
    expect(metadata?.labels).not.toHaveProperty([region]);
    expect(metadata?.labels).toMatchObject({ theirs: 'x', [tier]: 'silver' });
  });

  test('takes back a field that another client took, in one write with the removal of what it added', async () => {
    const { id, quota } = await create();
    const body = { spec: { hard: { pods: '9999', secrets: null, 'count/leases.coordination.k8s.io': '1' } } };
    await cluster.core.patchNamespacedResourceQuota({ ...quota, body, fieldManager: 'mallory' }, mergePatch);
    await eventually('the quota is healed', async () => (await read(quota)).spec?.hard?.['pods'] === '21');
    await eventually('the drift is on record', async () => (await driftOf(id)).items.length === 1);
    const { spec } = await read(quota);
    expect(spec?.hard).toHaveProperty('secrets');
    expect(spec?.hard).not.toHaveProperty(['count/leases.coordination.k8s.io']);
    const [drift] = (await driftOf(id)).items;
    const managers = new Map(drift?.fields.map((field) => [field.path, field.manager]));
    expect(managers.get('/spec/hard/pods')).toMatchObject({ name: 'mallory', operation: 'Update' });
    expect([...managers.keys()].sort()).toEqual([
      '/spec/hard/count~1leases.coordination.k8s.io',
      '/spec/hard/pods',
      '/spec/hard/secrets',
    ]);
    expect(workerWrites(path(quota)).filter(({ verb }) => verb === 'patch')).toHaveLength(1);
    expect(namesOf(await writersOf(quota))).toEqual(['bulkhead Update']);
  });

  test('that is written by another client between the read and the write ends as it is rendered', async () => {
    const { id, quota } = await create();
    const write = await holdWrite(id, quota);
    const body = { spec: { hard: { pods: '9999', services: null, 'count/leases.coordination.k8s.io': '1' } } };
    await cluster.core.patchNamespacedResourceQuota({ ...quota, body, fieldManager: 'mallory' }, mergePatch);
    expect(await write.release()).toBe('succeeded');
    await expectSecondVersion(quota);
    const { spec } = await read(quota);
    expect(spec?.hard).toHaveProperty('services');
    expect(spec?.hard).not.toHaveProperty(['count/leases.coordination.k8s.io']);
    expect(namesOf(await writersOf(quota))).toEqual(['bulkhead Update']);
  });

  test('that is deleted, or replaced by another client, before the write is taken over as a whole', async () => {
    for (const replaced of [false, true]) {
      const { id, quota } = await create();
      const write = await holdWrite(id, quota);
      const { metadata, spec } = await read(quota);
      await cluster.core.deleteNamespacedResourceQuota(quota);
      if (replaced) {
        const body = { metadata: { name: quota.name, labels: metadata?.labels ?? {} }, spec: spec ?? {} };
        await cluster.core.createNamespacedResourceQuota({ ...quota, body, fieldManager: 'mallory' });
      }
      expect(await write.release()).toBe('succeeded');
      await expectSecondVersion(quota);
      expect((await read(quota)).metadata?.uid).not.toBe(metadata?.uid);
      const ours = (await writersOf(quota)).find(({ operation }) => operation === 'Apply');
      expect(ours?.manager).toBe('bulkhead');
      expect(ours?.fieldsV1).toMatchObject({ 'f:spec': { 'f:hard': { 'f:services': {} } } });
    }
  });
});
