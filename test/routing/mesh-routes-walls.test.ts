import {
  CustomObjectsApi,
  KubeConfig,
  type KubernetesObject,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Adversary } from '../isolation/escapes/adversary.js';
import { type TenantBody } from '../support/api-client.js';
import { type Bulkhead } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { type OwnCluster } from '../support/own-cluster.js';
import {
  GATEWAY_API,
  type Json,
  newRoute,
  type RoutedTenant,
  routingObjects,
  startRoutedTenant,
} from '../support/routes.js';

let place: RoutedTenant;
let own: OwnCluster;
let bulkhead: Bulkhead;
let tenant: TenantBody;
let host: string;
let namespace: string;
beforeAll(async () => {
  place = await startRoutedTenant();
  ({ own, bulkhead, tenant, host, namespace } = place);
}, 180_000);
afterAll(() => place.stop());

const versions = async (): Promise<(string | undefined)[]> =>
  (await routingObjects(own.cluster, namespace)).map(({ metadata }) => metadata?.resourceVersion);

describe('an administrator of the tenant', () => {
  let alice: Adversary;
  let mallory: Adversary;
  beforeAll(async () => {
    const { adminKubeconfig } = own.plane;
    alice = new Adversary('alice@acme.example', undefined, adminKubeconfig);
    mallory = new Adversary('mallory@acme.example', undefined, adminKubeconfig);
    await mallory.become(own.cluster, namespace);
  });

  const object = (kind: string, spec: Json, metadata: Json = {}): KubernetesObject =>
    ({ apiVersion: GATEWAY_API, kind, metadata: { name: 'own', namespace, ...metadata }, spec }) as KubernetesObject;
  const shared = { name: 'shared', namespace: 'platform' };
  const plain = (more: Json = {}, backend: Json = {}, rule: Json = {}): Json => ({
    parentRefs: [shared],
    hostnames: [`own.${host}`],
    rules: [{ backendRefs: [{ name: 'web', port: 80, ...backend }], ...rule }],
    ...more,
  });
  const mirror = (backendRef: Json): Json => ({ filters: [{ type: 'RequestMirror', requestMirror: { backendRef } }] });
  const refusals: Record<string, [() => Json, string]> = {
    'for a host of somebody else': [() => plain({ hostnames: ['bank.example'] }), 'hosts of this tenant'],
    'for a host that ends like its own': [() => plain({ hostnames: [`evil${host}`] }), 'hosts of this tenant'],
    'for its own host and another': [() => plain({ hostnames: [host, 'bank.example'] }), 'hosts of this tenant'],
    'for every host below one that is above its own': [
      () => plain({ hostnames: ['*.example'] }),
      'hosts of this tenant',
    ],
    'without a host': [() => plain({ hostnames: [] }), 'hosts of this tenant'],
    'at another Gateway of the platform': [
      () => plain({ parentRefs: [{ ...shared, name: 'internal' }] }),
      'the Gateway of the platform',
    ],
    'at a Gateway of its own namespace': [
      () => plain({ parentRefs: [{ name: 'shared' }] }),
      'the Gateway of the platform',
    ],
    'at listeners of another namespace': [
      () => plain({ parentRefs: [{ kind: 'ListenerSet', name: 'tenant-listeners', namespace: 'tn-other' }] }),
      'the Gateway of the platform',
    ],
    'for the whole mesh, at a Service': [
      () => plain({ parentRefs: [{ group: '', kind: 'Service', name: 'web' }] }),
      'the Gateway of the platform',
    ],
    'to a Service of another namespace': [() => plain({}, { namespace: 'kube-system' }), 'Services of its own'],
    'to something that is no Service': [
      () => plain({}, { group: 'networking.istio.io', kind: 'Hostname' }),
      'Services of its own',
    ],
    'that copies requests to another namespace': [
      () => plain({}, {}, mirror({ name: 'web', port: 80, namespace: 'kube-system' })),
      'Services of its own',
    ],
    'with a filter of an implementation': [
      () =>
        plain({}, {}, { filters: [{ type: 'ExtensionRef', extensionRef: { group: 'a.b', kind: 'C', name: 'd' } }] }),
      'Services of its own',
    ],
    'with more time than the plan allows': [
      () => plain({}, {}, { timeouts: { request: '61s' } }),
      'not allow this timeout',
    ],
    'without an end': [() => plain({}, {}, { timeouts: { request: '0s' } }), 'not allow this timeout'],
  };

  test.for(Object.entries(refusals))('writes no route %s', async ([, [attempt, message]]) => {
    expect(await alice.create(object('HTTPRoute', plain()))).toBe('admitted');
    expect(await alice.create(object('HTTPRoute', attempt()))).toContain(message);
  });

  test.for<[string, () => Json]>([
    ['below its own hosts', () => plain({ hostnames: [`*.${host}`] })],
    ['at its own listeners', () => plain({ parentRefs: [{ kind: 'ListenerSet', name: 'tenant-listeners' }] })],
    ['that copies requests to a Service of its own', () => plain({}, {}, mirror({ name: 'copy', port: 80 }))],
    ['with times of the plan', () => plain({}, {}, { timeouts: { request: '60s', backendRequest: '1s' } })],
  ])('writes routes %s', async ([, attempt]) => {
    expect(await alice.create(object('HTTPRoute', attempt()))).toBe('admitted');
  });

  test('writes no route that makes names elsewhere by an annotation', async () => {
    const annotations = { 'external-dns.alpha.kubernetes.io/hostname': 'bank.example' };
    expect(await alice.create(object('HTTPRoute', plain(), { annotations }))).toContain('must not carry annotations');
    expect(await alice.create(object('HTTPRoute', plain(), { annotations: { note: 'mine' } }))).toBe('admitted');
  });

  test('writes gRPC routes in the same way', async () => {
    const grpc = (more: Json = {}): KubernetesObject => object('GRPCRoute', plain(more));
    expect(await alice.create(grpc())).toBe('admitted');
    expect(await alice.create(grpc({ hostnames: ['bank.example'] }))).toContain('hosts of this tenant');
  });

  test('neither changes nor removes routes and listeners of Bulkhead', async () => {
    await newRoute(place, 'kept', { tls: { secret: 'cert' } });
    for (const [kind, name] of [
      ['HTTPRoute', 'tenant-kept'],
      ['ListenerSet', 'tenant-listeners'],
    ] as const) {
      const kept = { apiVersion: GATEWAY_API, kind, metadata: { name, namespace } };
      expect(await mallory.delete(kept)).toMatch(/managed by Bulkhead|are reserved for Bulkhead/);
      const patch = { ...kept, metadata: { ...kept.metadata, labels: { mine: 'true' } } };
      expect(await mallory.patch(patch)).toMatch(/managed by Bulkhead|are reserved for Bulkhead/);
    }
    expect(
      await alice.delete({ apiVersion: GATEWAY_API, kind: 'HTTPRoute', metadata: { name: 'tenant-kept', namespace } }),
    ).toContain('managed by Bulkhead');
  });

  const listener = { name: 'http', port: 80, protocol: 'HTTP' };
  test.for<[string, () => Json]>([
    ['Gateway', () => ({ gatewayClassName: 'istio', listeners: [listener] })],
    ['ListenerSet', () => ({ parentRef: shared, listeners: [listener] })],
    [
      'ReferenceGrant',
      () => ({
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'tn-other' }],
        to: [{ group: '', kind: 'Service' }],
      }),
    ],
    ['TCPRoute', () => ({ parentRefs: [shared], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] })],
    ['UDPRoute', () => ({ parentRefs: [shared], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] })],
    [
      'BackendTLSPolicy',
      () => ({
        targetRefs: [{ group: '', kind: 'Service', name: 'web' }],
        validation: { hostname: 'bank.example', wellKnownCACertificates: 'System' },
      }),
    ],
  ])('writes no %s, whatever rights it was given', async ([kind, spec]) => {
    expect(await alice.create(object(kind, spec()))).toContain('forbidden');
    expect(await mallory.create(object(kind, spec()))).toContain('are reserved for Bulkhead');
    expect(await mallory.create(object('HTTPRoute', plain()))).toBe('admitted');
  });

  test('writes no more routes than the plan allows, and those of the API have room beside them', async () => {
    // Members have written routes above, while no quota named their kind.
    const kinds = ['httproutes', 'grpcroutes'].map((kind) => `${kind}.gateway.networking.k8s.io`);
    await eventually(
      'the cluster has had time to find the kinds',
      async () => {
        const { items } = await bulkhead.api.get<{ items: { capabilities: { countedRoutes: string[] } }[] }>(
          '/v1/clusters',
        );
        return items[0]?.capabilities.countedRoutes.length === kinds.length;
      },
      180_000,
    );
    const { spec } = await bulkhead.api.get<{ spec: { quota: object } }>('/v1/plans/team');
    const quota = { ...spec.quota, httpRoutes: 2, grpcRoutes: 1 };
    const plan = { id: 'few-routes', displayName: 'Few routes', spec: { ...spec, quota } };
    expect((await bulkhead.api.send('POST', '/v1/plans', plan)).status).toBe(201);
    await newRoute(place, 'before');
    const path = `/v1/tenants/${tenant.id}`;
    expect((await bulkhead.api.change('PATCH', path, { plan: plan.id })).operation.state).toBe('succeeded');
    const key = (kind: string): string => `count/${kind}.gateway.networking.k8s.io`;
    const count = async (): Promise<(string | undefined)[][]> => {
      const name = 'tenant-quota-access';
      const { status } = await own.cluster.core.readNamespacedResourceQuota({ namespace, name });
      return ['httproutes', 'grpcroutes'].map((kind) => [status?.used?.[key(kind)], status?.hard?.[key(kind)]]);
    };
    const counted = (http: string[], grpc: string[]): Promise<true> =>
      eventually('the cluster has counted', async () => {
        return JSON.stringify(await count()) === JSON.stringify([http, grpc]);
      });
    await counted(['2', '4'], ['0', '1']);
    const write = (kind: string, name: string): Promise<unknown> =>
      alice.objects.create(object(kind, plain(), { name }));
    for (const name of ['one', 'two']) await write('HTTPRoute', name);
    await write('GRPCRoute', 'one');
    const full = /exceeded quota: tenant-quota-access/;
    await expect(write('HTTPRoute', 'three')).rejects.toThrow(full);
    await expect(write('GRPCRoute', 'two')).rejects.toThrow(full);
    await newRoute(place, 'beside');
    await counted(['5', '5'], ['1', '1']);
    await expect(write('HTTPRoute', 'three')).rejects.toThrow(full);
    await bulkhead.api.change('DELETE', `${place.routes}/beside`);
    await counted(['4', '4'], ['1', '1']);
    expect((await bulkhead.api.change('PATCH', path, { plan: 'team' })).operation.state).toBe('succeeded');
  }, 240_000);

  test('may be noted on by whoever runs the gateway, on Bulkhead’s routes too', async () => {
    await newRoute(place, 'noted');
    const parentRef = { ...shared, group: 'gateway.networking.k8s.io', kind: 'Gateway' };
    const conditions = [
      {
        type: 'Accepted',
        status: 'True',
        reason: 'Accepted',
        message: '',
        lastTransitionTime: new Date().toISOString(),
      },
    ];
    const status = { parents: [{ parentRef, controllerName: 'example.com/gateway', conditions }] };
    const config = new KubeConfig();
    config.loadFromFile(own.plane.adminKubeconfig);
    for (const each of config.users) Object.assign(each, { impersonateUser: mallory.user });
    const [group = '', version = ''] = GATEWAY_API.split('/');
    const request = { group, version, namespace, plural: 'httproutes', name: 'tenant-noted', body: { status } };
    const answer = (await config
      .makeApiClient(CustomObjectsApi)
      .patchNamespacedCustomObjectStatus(request, setHeaderOptions('Content-Type', PatchStrategy.MergePatch))) as Json;
    expect(answer['status']).toMatchObject({ parents: [{ controllerName: 'example.com/gateway' }] });
    const before = await versions();
    const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, {});
    expect(operation).toMatchObject({ state: 'succeeded', steps: [] });
    expect(await versions()).toEqual(before);
  });
});

test('an isolation check shows that routes are confined', async () => {
  interface Run {
    state: string;
    report: { checks: { id: string; status: string; reason: string | null }[] } | null;
  }
  const { headers } = await bulkhead.api.send('POST', `/v1/tenants/${tenant.id}/isolation-checks`);
  const run = await bulkhead.api.get<Run>(`${headers.get('location') ?? ''}?wait=60`);
  const checks = run.report?.checks ?? [];
  expect(checks.find(({ id }) => id === 'confine-routes')).toMatchObject({ status: 'pass' });
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
});
