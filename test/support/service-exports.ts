import { CoreV1Api } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';

import { kubeRequest } from '../../dev/kube-request.mjs';
import { type Cluster } from './cluster.js';
import { MESH_NAMESPACE } from './istio-installation.js';
import { type OwnCluster } from './own-cluster.js';

/** Configures istiod to export Services by default only to these namespaces. */
export async function exportServicesTo({ cluster }: OwnCluster, ...namespaces: string[]): Promise<void> {
  const core = cluster.client(CoreV1Api);
  const place = { namespace: MESH_NAMESPACE, name: 'istio' };
  const body = await core.readNamespacedConfigMap(place);
  const config = parse(body.data?.['mesh'] ?? '{}') as object;
  body.data = { ...body.data, mesh: stringify({ ...config, defaultServiceExportTo: namespaces }) };
  await core.replaceNamespacedConfigMap({ ...place, body });
}

/** Returns a token of the account with which a tenant deploys its workloads. */
export async function deployerToken({ core }: Cluster, namespace: string): Promise<string> {
  const body = { spec: { audiences: [], expirationSeconds: 600 } };
  const answer = await core.createNamespacedServiceAccountToken({ namespace, name: 'deployer', body });
  return answer.status?.token ?? '';
}

/** Applies the namespaces to which Istio exports a Service, as the worker does for a link. */
export function exportAs(
  { plane: { url, ca } }: OwnCluster,
  token: string,
  { namespace, name }: { namespace: string; name: string },
  exportTo: string,
  manager = 'bulkhead-links',
): Promise<{ status: number; body: unknown }> {
  const path = `/api/v1/namespaces/${namespace}/services/${name}?fieldManager=${manager}&force=true`;
  const metadata = { name, annotations: { 'networking.istio.io/exportTo': exportTo } };
  const body = { apiVersion: 'v1', kind: 'Service', metadata };
  return kubeRequest({ url, ca, token }, 'PATCH', path, { body, contentType: 'application/apply-patch+yaml' });
}
