import { type ClusterFacts, type TenantInput } from '#isolation';

import { cluster } from './tenants.js';

export const meshKinds = ['istio-sidecar', 'istio-ambient', 'linkerd'] as const;
export type MeshKind = (typeof meshKinds)[number];

type Mesh = NonNullable<ClusterFacts['mesh']>;

/** Returns a cluster with every part of the platform, and this mesh. */
export function meshCluster(kind: MeshKind, mesh: Partial<Mesh> = {}): ClusterFacts {
  return {
    ...cluster,
    knowsGatewayApi: true,
    mesh: {
      kind,
      version: kind === 'linkerd' ? '26.8.3' : '1.31.1',
      controlPlaneNamespace: kind === 'linkerd' ? 'linkerd' : 'istio-system',
      trustDomain: 'cluster.local',
      revision: null,
      gatewayIdentity: { namespace: 'ingress', serviceAccount: 'gateway' },
      monitoringIdentity: { namespace: 'monitoring', serviceAccount: 'prometheus' },
      ...mesh,
    },
  };
}

/** Returns the same tenant in a cluster with this mesh. */
export function inMesh(tenant: TenantInput, kind: MeshKind, mesh: Partial<Mesh> = {}): TenantInput {
  return { ...tenant, cluster: meshCluster(kind, mesh) };
}

type Link = NonNullable<TenantInput['links']>[number];

/**
 * Returns a link from pods of the consumer, as the account "client", to the pods "app=api" of the provider, on port 80
 * → 8080.
 */
export function linkBetween(provider: TenantInput, consumer: TenantInput, link: Partial<Link> = {}): Link {
  const [to, from] = [provider, consumer].map(({ environments }) => environments[0]?.namespace ?? '');
  return {
    id: `link_01${provider.slug}${consumer.slug}`,
    provider: { tenantId: provider.id, namespace: to ?? '', service: 'api', podLabels: { app: 'api' } },
    consumer: { tenantId: consumer.id, namespace: from ?? '', serviceAccount: 'client' },
    ports: [{ port: 80, targetPort: 8080 }],
    ...link,
  };
}
