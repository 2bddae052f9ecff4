import { ApiextensionsV1Api, type KubernetesObject, PatchStrategy } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { type Bulkhead } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { type OwnCluster } from '../support/own-cluster.js';
import { type Program } from '../support/program.js';
import {
  GATEWAY_API,
  type Json,
  newRoute as makeRoute,
  type RoutedTenant,
  type RoutingObject,
  routingObjects,
  type ShiftBody,
  startRoutedTenant,
  weightsOf,
} from '../support/routes.js';

let place: RoutedTenant;
let own: OwnCluster;
let bulkhead: Bulkhead;
let worker: Program;
let tenant: TenantBody;
let host: string;
let namespace: string;
let routes: string;
beforeAll(async () => {
  place = await startRoutedTenant();
  ({ own, bulkhead, worker, tenant, host, namespace, routes } = place);
}, 180_000);
afterAll(() => place.stop());

const standing = (): Promise<RoutingObject[]> => routingObjects(own.cluster, namespace);
const versions = (objects: readonly KubernetesObject[]): (string | undefined)[] =>
  objects.map(({ metadata }) => metadata?.resourceVersion);
const newRoute = (name: string, more: Json = {}): Promise<void> => makeRoute(place, name, more);

describe('routes', () => {
  test('are taken by the real definitions, and a second pass writes nothing', async () => {
    await newRoute('plain');
    await newRoute('secure', { tls: { secret: 'cert' } });
    await newRoute('full', {
      rules: [
        {
          matches: [
            { path: { type: 'Exact', value: '/buy' }, headers: [{ name: 'x-canary', value: 'yes' }], method: 'POST' },
            { path: { value: '/api' } },
          ],
          backends: [
            { service: 'web-v1', port: 80, weight: 95 },
            { service: 'web-v2', port: 8080, weight: 5 },
          ],
          timeouts: { request: '1m', backendRequest: '500ms' },
        },
        { backends: [{ service: 'web-v1', port: 80 }] },
      ],
    });
    const before = await standing();
    expect(before.map(({ kind, metadata }) => `${kind}/${metadata?.name ?? ''}`).sort()).toEqual([
      'HTTPRoute/tenant-full',
      'HTTPRoute/tenant-plain',
      'HTTPRoute/tenant-secure',
      'ListenerSet/tenant-listeners',
    ]);
    const operation = await bulkhead.api.changeNothing(`/v1/tenants/${tenant.id}`);
    expect(operation).toMatchObject({ state: 'succeeded', steps: [] });
    expect(versions(await standing())).toEqual(versions(before));
  });

  test('get back what somebody changes, and go when they are not wanted any more', async () => {
    const name = 'tenant-plain';
    const object = { apiVersion: GATEWAY_API, kind: 'HTTPRoute', metadata: { name, namespace } };
    const wanted = (await own.cluster.objects.read<RoutingObject>(object)).spec;
    const patch = { ...object, spec: { hostnames: ['bank.example'] } };
    await own.cluster.objects.patch(patch, undefined, undefined, 'mallory', undefined, PatchStrategy.MergePatch);
    await eventually('it names its own host again', async () => {
      const { spec } = await own.cluster.objects.read<RoutingObject>(object);
      return JSON.stringify(spec) === JSON.stringify(wanted);
    });
    expect((await bulkhead.api.change('DELETE', `${routes}/plain`)).operation).toMatchObject({ state: 'succeeded' });
    expect((await standing()).map(({ metadata }) => metadata?.name)).not.toContain(name);
  });

  test('are gone while the tenant is suspended, and as they were afterwards', async () => {
    const before = (await standing()).map(({ spec }) => spec);
    const holds = `/v1/tenants/${tenant.id}/holds`;
    const placed = await bulkhead.api.send('POST', holds, { source: 'admin', effect: 'suspend', reason: 'test' });
    await bulkhead.api.get(`${placed.headers.get('location') ?? ''}?wait=45`);
    expect(await standing()).toEqual([]);
    const { id } = (await bulkhead.api.get<{ holds: { id: string }[] }>(`/v1/tenants/${tenant.id}`)).holds[0] ?? {
      id: '',
    };
    await bulkhead.api.change('DELETE', `${holds}/${id}`);
    expect((await standing()).map(({ spec }) => spec)).toEqual(before);
  });

  test('with retries are refused, because the standard channel of the Gateway API has none', async () => {
    const rules = [{ backends: [{ service: 'web', port: 80 }], retries: { attempts: 1 } }];
    const answer = await bulkhead.api.send('POST', routes, { name: 'again', hosts: [host], rules });
    expect(answer).toMatchObject({ status: 422, body: { code: 'tenant_route.unsupported' } });
    expect(answer.body['detail']).toContain('http-route-retries');
    const { items } = await bulkhead.api.get<{ items: { capabilities: Json }[] }>('/v1/clusters');
    expect(items[0]?.capabilities).toMatchObject({ gatewayApi: true, listenerSets: true, routeRetries: false });
  });
});

describe('a shift', () => {
  const begin = async (route: string, steps: Json[]): Promise<string> => {
    const answer = await bulkhead.api.send('POST', `${routes}/${route}/shifts`, {
      from: 'web-v1',
      to: 'web-v2',
      steps,
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    return answer.headers.get('location') ?? '';
  };
  const reaches = (shift: string, state: string, weight: number): Promise<ShiftBody> =>
    eventually(`${state} at ${weight}`, async () => {
      const found = await bulkhead.api.get<ShiftBody>(shift);
      return found.state === state && found.weight === weight ? found : false;
    });
  const weights = (route: string): Promise<Record<string, number>> =>
    weightsOf(own.cluster, namespace, `tenant-${route}`);
  const manual = (...shares: number[]): Json[] => shares.map((weight) => ({ weight, manual: true }));

  test('goes through all its steps while workers are killed, each a change of the tenant', async () => {
    await newRoute('killed');
    const generation = async (): Promise<number> =>
      (await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`)).generation;
    const before = await generation();
    const steps = [10, 30, 60, 100].map((weight) => ({ weight, pauseSeconds: 1 }));
    const shift = await begin('killed', steps);
    for (const weight of [10, 60]) {
      await eventually(`${weight} %`, async () => (await bulkhead.api.get<ShiftBody>(shift)).weight >= weight);
      await worker.stop('SIGKILL');
      worker = await bulkhead.startWorker();
    }
    await reaches(shift, 'succeeded', 100);
    expect(await weights('killed')).toEqual({ 'web-v1': 0, 'web-v2': 100 });
    expect(await generation()).toBe(before + steps.length);
    const rest = await bulkhead.api.send('POST', `${shift}/abort`);
    expect(rest).toMatchObject({ status: 409, body: { code: 'shift.state_conflict' } });
  });

  test('waits at a manual step, and gives the route what it had before when it is aborted', async () => {
    await newRoute('aborted');
    const shift = await begin('aborted', manual(20, 50, 100));
    expect(await reaches(shift, 'paused', 20)).toMatchObject({ reason: { code: 'Manual' } });
    expect(await weights('aborted')).toEqual({ 'web-v1': 80, 'web-v2': 20 });
    expect((await bulkhead.api.send('POST', `${shift}/resume`)).status).toBe(202);
    await reaches(shift, 'paused', 50);
    expect(await weights('aborted')).toEqual({ 'web-v1': 50, 'web-v2': 50 });
    const patch = { rules: [{ backends: [{ service: 'web', port: 80 }] }] };
    for (const [method, body] of [
      ['PATCH', patch],
      ['DELETE', undefined],
    ] as const) {
      const answer = await bulkhead.api.send(method, `${routes}/aborted`, body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'tenant_route.shifting' } });
    }
    const second = { from: 'web-v1', to: 'web-v3', steps: manual(100) };
    const refused = await bulkhead.api.send('POST', `${routes}/aborted/shifts`, second);
    expect(refused).toMatchObject({ status: 409, body: { code: 'shift.active' } });
    const aborted = await bulkhead.api.send('POST', `${shift}/abort`);
    expect(aborted).toMatchObject({ status: 202, body: { state: 'aborted', weight: 0, step: null } });
    const operation = await bulkhead.api.get(`/v1/operations/${String(aborted.body['operationId'])}?wait=45`);
    expect(operation).toMatchObject({ state: 'succeeded' });
    expect(await weights('aborted')).toEqual({ 'web-v1': 100 });
  });

  test('that is paused takes no step until it is resumed', async () => {
    await newRoute('paused');
    const shift = await begin('paused', [{ weight: 10, pauseSeconds: 3600 }, ...manual(100)]);
    await reaches(shift, 'waiting', 10);
    expect((await bulkhead.api.send('POST', `${shift}/pause`)).body).toMatchObject({ reason: { code: 'Requested' } });
    expect((await bulkhead.api.send('POST', `${shift}/pause`)).status).toBe(409);
    await bulkhead.api.send('POST', `${shift}/resume`);
    await reaches(shift, 'waiting', 10);
    await bulkhead.api.send('POST', `${shift}/abort`);
  });

  test('of a route that does not have the service is refused', async () => {
    await newRoute('none');
    const body = { from: 'web-v0', to: 'web-v2', steps: manual(100) };
    const answer = await bulkhead.api.send('POST', `${routes}/none/shifts`, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'shift.impossible' } });
  });
});

test('retries are carried out where HTTPRoute has them, and a route with them is left out where it has not', async () => {
  const definitions = own.cluster.client(ApiextensionsV1Api);
  const name = 'httproutes.gateway.networking.k8s.io';
  const at = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/rules/items/properties/retry';
  const patchDefinition = async (operation: object): Promise<void> => {
    const body = [{ path: at, ...operation }];
    await definitions.patchCustomResourceDefinition({ name, body });
    // Workers look once a minute, and when they start.
    await worker.stop();
    worker = await bulkhead.startWorker();
  };
  const integer = { type: 'integer' };
  // As in the experimental channel.
  const value = {
    type: 'object',
    properties: { attempts: integer, backoff: { type: 'string' }, codes: { type: 'array', items: integer } },
  };
  await patchDefinition({ op: 'add', value });
  const knows = (wanted: boolean): Promise<boolean> =>
    eventually(`routeRetries is ${String(wanted)}`, async () => {
      const { items } = await bulkhead.api.get<{ items: { capabilities: Json }[] }>('/v1/clusters');
      return items[0]?.capabilities['routeRetries'] === wanted;
    });
  const touch = async (): Promise<void> => {
    const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, {});
    expect(operation).toMatchObject({ state: 'succeeded' });
  };
  // The first pass of a worker makes it look.
  await touch();
  await knows(true);
  const retries = { attempts: 2, codes: [502, 503], backoff: '100ms' };
  await newRoute('again', { rules: [{ backends: [{ service: 'web', port: 80 }], retries }] });
  const before = await standing();
  const stored = before.find(({ metadata }) => metadata?.name === 'tenant-again');
  expect(stored?.spec['rules']).toMatchObject([{ retry: retries }]);
  await touch();
  expect(versions(await standing())).toEqual(versions(before));

  await patchDefinition({ op: 'remove' });
  await touch();
  await knows(false);
  await touch();
  expect((await standing()).map(({ metadata }) => metadata?.name)).not.toContain('tenant-again');
  const lacking = { capability: 'http-route-retries' };
  expect(await bulkhead.api.get(`${routes}/again`)).toMatchObject({ lacking });
});
