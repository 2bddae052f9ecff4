import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';
import { Adversary } from '../isolation/escapes/adversary.js';
import { type Json, makers } from '../isolation/escapes/makers.js';

const trusted = { namespace: 'metallb-system', serviceAccount: 'controller' };
const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-platform-'));
const place = { namespace: '', tenantId: '', host: '' };
const { container, pod, service } = makers(place);
let own: OwnCluster;
let bulkhead: Bulkhead;
let administrator: Adversary;

// A control plane of its own: a global default PriorityClass changes every tenant's pods.
beforeAll(async () => {
  own = await startOwnCluster();
  for (const { name, ...more } of [
    { name: 'usual', value: 1_000, globalDefault: true },
    { name: 'precious', value: 1_000_000 },
  ]) {
    const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, ...more };
    await own.cluster.objects.create(object);
  }
  const file = path.join(dir, 'cluster.json');
  writeFileSync(file, JSON.stringify({ trustedControllers: [trusted] }));
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig, env: { BULKHEAD_CLUSTER_FILE: file } });
  await bulkhead.startWorker();
  const id = newSlug('plan');
  const spec = { quota: { cpu: '10', memory: '10Gi', loadBalancers: 1 }, podSecurity: { enforce: 'restricted' } };
  await bulkhead.api.send('POST', '/v1/plans', { id, displayName: id, spec });
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: id });
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
  Object.assign(place, { namespace: `tn-${tenant.slug}`, tenantId: tenant.id });
  administrator = as('mallory@acme.example');
  await administrator.become(own.cluster, place.namespace);
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
  rmSync(dir, { recursive: true });
});

const as = (user: string): Adversary => new Adversary(user, undefined, own.plane.adminKubeconfig);
const account = (name: string): string => `system:serviceaccount:${trusted.namespace}:${name}`;

test('pods get the cluster’s default PriorityClass, and no other that the plan does not name', async () => {
  expect(await administrator.create(pod())).toBe('admitted');
  expect(await administrator.create(pod({ priorityClassName: 'usual' }))).toBe('admitted');
  expect(await administrator.create(pod({ priorityClassName: 'precious' }))).toContain('this PriorityClass');
});

test('a controller that the description of the cluster names gives load balancers their addresses', async () => {
  const balancer = service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }) as KubernetesObject & {
    metadata: { name: string; namespace: string };
  };
  await own.cluster.objects.create(balancer);
  const body = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } };
  const write = async (user: string): Promise<string> => {
    const adversary = as(user);
    await adversary.become(own.cluster, place.namespace);
    return adversary.patchStatus(balancer, body);
  };
  expect(await write(account('other'))).toContain('cannot write this kind of object');
  expect(await write(account(trusted.serviceAccount))).toBe('admitted');
});

test('a pod of Windows starts in an environment that is restricted', async () => {
  const plain = { name: container.name, image: container.image };
  const windows: Json = {
    os: { name: 'windows' },
    securityContext: { runAsNonRoot: true },
    containers: [plain],
  };
  expect(await administrator.create(pod(windows))).toBe('admitted');
  expect(await administrator.create(pod({ ...windows, os: { name: 'linux' } }))).toMatch(
    /PodSecurity|read-only|allowPriv/,
  );
});
