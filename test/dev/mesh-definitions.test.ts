import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { installDefinitions, linkerdDefinitions } from '../../dev/mesh-definitions.mjs';
import { ensureMesh } from '../../dev/mesh.mjs';
import { fullDefinitionsMissing, installMeshCrds } from '../support/mesh-crds.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';
import { unless } from '../support/requirements.js';

// Short names are ambiguous: with both meshes, `authorizationpolicy` means Linkerd's.
const ISTIO = 'security.istio.io/v1';
const LINKERD = 'policy.linkerd.io/v1alpha1';
const wrong = { from: [{ source: { namespaces: 'not a list' } }] };
let own: OwnCluster;
beforeAll(async () => {
  own = await startOwnCluster();
});
afterAll(() => own.stop());

function create(apiVersion: string, kind: string, spec: object): Promise<unknown> {
  const metadata = { name: 'a', namespace: 'default' };
  return own.cluster.objects.create({ apiVersion, kind, metadata, spec } as never, undefined, 'All');
}

test('our own definitions of Linkerd’s kinds are served, and accept any content', async () => {
  await installDefinitions(own.plane, await linkerdDefinitions());
  await create('policy.linkerd.io/v1beta3', 'Server', { anything: 1 });
  await create(LINKERD, 'AuthorizationPolicy', { anything: 1 });
});

test('a start with a mesh of Istio installs its kinds, and tells the worker which of the two it is', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-mesh-'));
  const cluster = path.join(dir, 'cluster.json');
  const described = (): unknown => JSON.parse(readFileSync(cluster, 'utf8'));
  for (const kind of ['istio-ambient', 'istio-sidecar'] as const) {
    const mesh = await ensureMesh(own.plane, kind, { cluster });
    expect(mesh).toEqual({ env: { BULKHEAD_CLUSTER_FILE: cluster }, isNew: true });
    expect(described()).toMatchObject({ mesh: { kind, requiresProxies: false } });
  }
  expect(await ensureMesh(own.plane, 'none', { cluster })).toMatchObject({ isNew: true });
  rmSync(dir, { recursive: true });
}, 120_000);

test('the real definitions of Istio and the Gateway API reject invalid objects', async () => {
  await create(ISTIO, 'AuthorizationPolicy', {});
  await expect(create(ISTIO, 'AuthorizationPolicy', { rules: [wrong] })).rejects.toMatchObject({ code: 422 });
  const parentRef = { name: 'shared', port: 443 };
  await expect(
    create('gateway.networking.k8s.io/v1', 'ListenerSet', { parentRef, listeners: [] }),
  ).rejects.toMatchObject({ code: 422 });
});

test(
  'the real definitions of Linkerd and ClusterNetworkPolicy replace ours',
  unless(fullDefinitionsMissing),
  async () => {
    await installMeshCrds(own.plane, 'linkerd', 'cluster-network-policy');
    await expect(create(LINKERD, 'AuthorizationPolicy', { anything: 1 })).rejects.toMatchObject({ code: 422 });
    expect((await own.cluster.objects.list('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy')).items).toEqual(
      [],
    );
  },
);
