import { PatchStrategy } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { notTrue } from '../../support/conditions.js';
import { eventually } from '../../support/eventually.js';
import { linkOnce, makeService, proposeLink } from '../../support/links.js';
import { fullDefinitionsMissing, installMeshCrds } from '../../support/mesh-crds.js';
import { expectLinked } from '../../support/mesh-links.js';
import {
  clusterFile,
  type MeshKind,
  type MeshObject,
  meshObjects,
  meshPlan,
  nameOfMesh,
  opening,
  type Specs,
  trafficSpecs,
} from '../../support/mesh-tenants.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { unless } from '../../support/requirements.js';

interface DriftBody {
  driftFree: boolean;
  items: { object: string; kind: string; healedAt: string | null }[];
}
interface PreviewBody {
  changes: { object: string; action: string; refused: string | null }[];
  problems: object[];
}

// A control plane of its own, with the real definitions: the shared one stays without meshes.
let own: OwnCluster;
beforeAll(async () => {
  own = await startOwnCluster();
  await installMeshCrds(own.plane, 'istio', 'gateway-api');
  if (fullDefinitionsMissing === null) await installMeshCrds(own.plane, 'linkerd');
}, 180_000);
afterAll(() => own.stop());

const meshes: readonly MeshKind[] = ['istio-sidecar', 'istio-ambient', 'linkerd'];
for (const mesh of meshes) {
  const missing = mesh === 'linkerd' ? fullDefinitionsMissing : null;
  describe(`a tenant in ${mesh}`, unless(missing), () => {
    life(mesh);
  });
}

function life(mesh: MeshKind): void {
  let bulkhead: Bulkhead;
  let tenant: TenantBody;
  let path: string;
  let namespaces: string[];
  let consumer: TenantBody | undefined;

  beforeAll(async () => {
    const env = { BULKHEAD_CLUSTER_FILE: clusterFile(mesh), BULKHEAD_RESYNC_SECONDS: '2' };
    bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig, env });
    await bulkhead.startWorker();
    const outside = { ...meshPlan(mesh), mesh: { mode: 'none' } };
    for (const [id, spec] of Object.entries({ inside: meshPlan(mesh), outside })) {
      const { status, body } = await bulkhead.api.send('POST', '/v1/plans', { id, displayName: id, spec });
      expect(status, JSON.stringify(body)).toBe(201);
    }
  });
  afterAll(() => bulkhead.stop());

  const standing = (): Promise<MeshObject[]> => meshObjects(own.cluster, mesh, namespaces);
  const names = async (): Promise<string[]> => (await standing()).map(nameOfMesh);
  const conditions = async (): Promise<TenantBody['conditions']> =>
    (await bulkhead.api.get<TenantBody>(path)).conditions;
  const meshReady = async (): Promise<object | undefined> =>
    (await conditions()).find(({ type }) => type === 'MeshReady');
  const change = async (body: object): Promise<number> => {
    const { operation } = await bulkhead.api.change('PATCH', path, body);
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    return operation.steps.length;
  };

  test('has all its objects taken by the real definitions, and a second pass writes nothing', async () => {
    const body = { slug: newSlug('mesh'), plan: 'inside' };
    const created = await bulkhead.api.change('POST', '/v1/tenants', body);
    expect(created.operation, JSON.stringify(created.operation.error)).toMatchObject({ state: 'succeeded' });
    tenant = created.tenant;
    path = `/v1/tenants/${tenant.id}`;
    namespaces = tenant.namespaces.map(({ name }) => name);
    expect(notTrue(await conditions())).toEqual([]);
    expect(await meshReady()).toMatchObject({ status: 'True', reason: 'Settled' });
    const before = await standing();
    expect(new Set(before.map(({ metadata }) => metadata.namespace)).size).toBe(2);
    expect(opening(before).length).toBeGreaterThan(1);
    const { items } = await bulkhead.api.get<{ items: { kind: string }[] }>(`${path}/objects`);
    expect(before.every(({ kind }) => items.some((item) => item.kind === kind))).toBe(true);

    expect(await bulkhead.api.changeNothing(path)).toMatchObject({ state: 'succeeded', steps: [] });
    const versions = (objects: readonly MeshObject[]): string[] =>
      objects.map((object) => `${nameOfMesh(object)} ${object.metadata.resourceVersion}`);
    expect(versions(await standing())).toEqual(versions(before));
  });

  test('gets back what somebody deletes or changes, and is told of it', async () => {
    const objects = await standing();
    const closing = objects.filter((object) => !opening(objects).includes(nameOfMesh(object)));
    const find = (kind: string): MeshObject | undefined => closing.find((object) => object.kind === kind);
    const deleted = find(mesh === 'linkerd' ? 'Server' : 'PeerAuthentication');
    const changed =
      mesh === 'linkerd' ? find('EgressNetwork') : closing.find(({ metadata }) => /guard/.test(metadata.name));
    if (deleted === undefined || changed === undefined) throw new Error('the tenant lacks what closes it');
    const spec = mesh === 'linkerd' ? { trafficPolicy: 'Allow' } : { rules: [] };
    const { apiVersion, kind, metadata } = changed;
    const patch = { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace }, spec };
    await own.cluster.objects.patch(patch, undefined, undefined, 'mallory', undefined, PatchStrategy.MergePatch);
    await own.cluster.objects.delete(deleted);
    const wanted = new Map(objects.map((object) => [nameOfMesh(object), (object as { spec?: object }).spec]));
    await eventually('all is as it was', async () => {
      const now = (await standing()).map((object) => [nameOfMesh(object), (object as { spec?: object }).spec] as const);
      return now.length === wanted.size && now.every(([name, each]) => isEqual(wanted.get(name), each));
    });
    const drift = await eventually('it is reported as healed', async () => {
      const found = await bulkhead.api.get<DriftBody>(`${path}/drift`);
      return found.driftFree && found.items.length >= 2 ? found : false;
    });
    for (const [object, found] of [
      [nameOfMesh(deleted), 'missing'],
      [nameOfMesh(changed), 'changed'],
    ]) {
      expect(
        drift.items.find((item) => item.object === object && item.kind === found)?.healedAt,
        object,
      ).not.toBeNull();
    }
  });

  test('can be looked at as it would be outside of the mesh', async () => {
    const before = await names();
    const answer = await bulkhead.api.send('POST', `${path}/preview`, { plan: 'outside' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const { changes, problems } = answer.body as unknown as PreviewBody;
    expect(problems).toEqual([]);
    expect(changes.filter(({ refused }) => refused !== null)).toEqual([]);
    const deleted = changes.filter(({ action }) => action === 'delete').map(({ object }) => object);
    expect(deleted).toEqual(expect.arrayContaining(before));
    const updated = changes.filter(({ action }) => action === 'update').map(({ object }) => object);
    expect(updated).toEqual(expect.arrayContaining(namespaces.map((name) => `v1/Namespace/${name}`)));
    expect(await names()).toEqual(before);
  });

  test.each(['quarantine', 'suspend'])('keeps what closes it under %s, and nothing that opens', async (effect) => {
    const before = await names();
    const hold = { source: 'security', effect, reason: 'A test.' };
    const held = await bulkhead.api.change('POST', `${path}/holds`, hold);
    expect(held.operation).toMatchObject({ state: 'succeeded' });
    const kept = await standing();
    expect(opening(kept)).toEqual([]);
    expect(kept.length).toBeGreaterThan(0);
    expect(await meshReady()).toMatchObject({ status: 'True' });
    const { holds } = await bulkhead.api.get<{ holds: { id: string }[] }>(path);
    await bulkhead.api.change('DELETE', `${path}/holds/${holds[0]?.id ?? ''}`);
    expect(await names()).toEqual(before);
  });

  test('is linked to by another with what the mesh needs on both sides, and both are as before after', async () => {
    const body = { slug: newSlug('consumer'), plan: 'inside', environments: ['main'] };
    consumer = (await bulkhead.api.change('POST', '/v1/tenants', body)).tenant;
    await makeService(own.cluster, tenant);
    const [provider = '', from = ''] = [tenant, consumer].map(({ slug }) => `tn-${slug}`);
    const bothSides = (): Promise<Specs> => trafficSpecs(own.cluster, mesh, [...namespaces, from]);
    const before = await bothSides();
    const { id } = await proposeLink(bulkhead.api, { provider: tenant, consumer, consents: [] });
    for (const side of ['provider', 'consumer']) {
      expect(await bothSides()).toEqual(before);
      expect((await bulkhead.api.send('POST', `/v1/links/${id}/consents`, { side })).status).toBe(200);
    }
    await linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
    const during = await bothSides();
    expectLinked(mesh, { name: id.replaceAll('_', '-'), provider, consumer: from }, before, during);
    for (const side of [path, `/v1/tenants/${consumer.id}`]) {
      expect(await bulkhead.api.changeNothing(side)).toMatchObject({ state: 'succeeded', steps: [] });
    }

    expect((await bulkhead.api.send('DELETE', `/v1/links/${id}`)).status).toBe(202);
    await eventually('both sides are as before', async () => isEqual(await bothSides(), before));
    expect(notTrue(await conditions())).toEqual([]);
  });

  test('leaves nothing in the mesh when its plan takes it out', async () => {
    await change({ plan: 'outside' });
    expect(await names()).toEqual([]);
    for (const name of namespaces) {
      const { metadata } = await own.cluster.core.readNamespace({ name });
      const marks = Object.keys({ ...metadata?.labels, ...metadata?.annotations });
      expect(marks.filter((key) => /istio|linkerd/.test(key))).toEqual([]);
    }
    expect(await meshReady()).toMatchObject({ status: 'True', reason: 'NotInMesh' });
    await change({ plan: 'inside' });
    expect((await names()).length).toBeGreaterThan(0);
  });

  test('is deleted without a trace', async () => {
    const gone = [tenant, consumer].flatMap((each) => (each === undefined ? [] : [bulkhead.api.removeTenant(each.id)]));
    for (const { operation } of await Promise.all(gone)) {
      expect(operation, JSON.stringify(operation.error)).toMatchObject({ state: 'succeeded' });
    }
    expect(await names()).toEqual([]);
    expect(await own.cluster.objectsOf(tenant.id)).toEqual([]);
  });
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
