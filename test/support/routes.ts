import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type KubernetesObject } from '@kubernetes/client-node';
import { inject } from 'vitest';

import { type TenantBody } from './api-client.js';
import { Bulkhead, newSlug } from './bulkhead.js';
import { type Cluster } from './cluster.js';
import { installMeshCrds } from './mesh-crds.js';
import { type OwnCluster, startOwnCluster } from './own-cluster.js';
import { type Program } from './program.js';

export type Json = Record<string, unknown>;

export const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** Writes a file that describes a cluster with a Gateway that tenants share. */
function gatewayClusterFile(): string {
  const file = path.join(mkdtempSync(path.join(inject('temporaryFolder'), 'routes-')), 'cluster.json');
  const description = {
    gateway: { namespace: 'platform', podLabels: { app: 'gateway' } },
    sharedGateway: { namespace: 'platform', name: 'shared' },
  };
  writeFileSync(file, JSON.stringify(description));
  return file;
}

/** An object of the Gateway API in the cluster. */
export type RoutingObject = KubernetesObject & { kind: string; spec: Json };

/** Returns the objects of the Gateway API in a namespace, by kind and name. */
export async function routingObjects(cluster: Cluster, namespace: string): Promise<RoutingObject[]> {
  const lists = await Promise.all(
    ['HTTPRoute', 'ListenerSet'].map(async (kind) => {
      const { items } = await cluster.objects.list(GATEWAY_API, kind, namespace);
      return items.map((item) => ({ ...item, apiVersion: GATEWAY_API, kind }) as RoutingObject);
    }),
  );
  return lists.flat();
}

/** Returns the weights of the backends of a route's first rule in the cluster. */
export async function weightsOf(cluster: Cluster, namespace: string, name: string): Promise<Record<string, number>> {
  const object = { apiVersion: GATEWAY_API, kind: 'HTTPRoute', metadata: { name, namespace } };
  const { spec } = await cluster.objects.read<RoutingObject>(object);
  const [rule] = spec['rules'] as { backendRefs: { name: string; weight: number }[] }[];
  return Object.fromEntries((rule?.backendRefs ?? []).map((backend) => [backend.name, backend.weight]));
}

export interface ShiftBody {
  id: string;
  state: string;
  step: number | null;
  weight: number;
  reason: { code: string; message: string } | null;
  operationId: string | null;
}

/** An installation with a tenant on a dedicated cluster that has the real definitions of the Gateway API. */
export interface RoutedTenant {
  own: OwnCluster;
  bulkhead: Bulkhead;
  worker: Program;
  tenant: TenantBody;
  /** A host of the tenant. */
  host: string;
  namespace: string;
  /** Path of its routes. */
  routes: string;
  stop: () => Promise<void>;
}

/**
 * Uses a dedicated cluster, because the shared control plane has no Gateway API. Alice, alice@acme.example, is an
 * administrator of the tenant.
 */
export async function startRoutedTenant(): Promise<RoutedTenant> {
  const own = await startOwnCluster();
  await installMeshCrds(own.plane, 'gateway-api');
  const env = { BULKHEAD_CLUSTER_FILE: gatewayClusterFile() };
  const bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig, env });
  const worker = await bulkhead.startWorker();
  const slug = newSlug('routes');
  const members = [{ kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }];
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team', members });
  if (operation.state !== 'succeeded') throw new Error(JSON.stringify(operation.error));
  const host = `${slug}.example`;
  await bulkhead.api.change('POST', `/v1/tenants/${tenant.id}/hosts`, { host });
  return {
    own,
    bulkhead,
    worker,
    tenant,
    host,
    namespace: tenant.namespaces[0]?.name ?? '',
    routes: `/v1/tenants/${tenant.id}/routes`,
    stop: async () => {
      await bulkhead.stop();
      await own.stop();
    },
  };
}

/** Creates a route to `web-v1`, and waits until it is in the cluster. */
export async function newRoute(place: RoutedTenant, name: string, more: Json = {}): Promise<void> {
  const rules = [{ backends: [{ service: 'web-v1', port: 80 }] }];
  const body = { name, hosts: [`${name}.${place.host}`], rules, ...more };
  const { operation } = await place.bulkhead.api.change('POST', place.routes, body);
  if (operation.state !== 'succeeded') throw new Error(JSON.stringify(operation.error));
}
