import { type ClusterFacts, DEFAULT_PROVISIONER, type MeshFacts } from '#isolation';
import { type KubeClient, KubeError } from '#kube';
import { cidrSchema } from '#plans';
import { type ClusterCapabilities } from '#tenancy';
import { z } from 'zod';

import { meshSettingsSchema } from './mesh/mesh-settings.js';

const labels = z.record(z.string(), z.string());
const name = z.string().min(1).max(253);
const cidrs = z.array(cidrSchema);

/** Facts about a cluster that nobody can detect; the file that `BULKHEAD_CLUSTER_FILE` names. */
export const clusterSettingsSchema = z.strictObject({
  dnsServiceIps: z.array(z.union([z.ipv4(), z.ipv6()])).optional(),
  /** As whom the API server knows the worker; the admission policies let nobody else change tenants' objects. */
  provisioner: z.string().min(1).default(DEFAULT_PROVISIONER),
  /** What enforces NetworkPolicies, where it cannot be found out; its name, for people. */
  networkPolicyEngine: z.string().min(1).max(100).nullable().default(null),
  podCidrs: cidrs.default([]),
  serviceCidrs: cidrs.default([]),
  nodeCidrs: cidrs.default([]),
  gateway: z.strictObject({ namespace: z.string(), podLabels: labels }).nullable().default(null),
  monitoring: z
    .strictObject({ namespace: z.string(), podLabels: labels, ports: z.array(z.number().int().min(1).max(65_535)) })
    .nullable()
    .default(null),
  mesh: meshSettingsSchema.prefault({}),
  /** The Gateway of the platform that routes of tenants may be attached to. */
  sharedGateway: z.strictObject({ namespace: name, name }).nullable().default(null),
});
export type ClusterSettings = z.output<typeof clusterSettingsSchema>;

interface Version {
  major: string;
  minor: string;
}
interface Service {
  spec: { clusterIPs?: string[] };
}
interface EndpointSlices {
  items: { endpoints: { addresses: string[] }[]; ports?: { port?: number }[] }[];
}

/** The version of the cluster, such as "1.36". */
export async function detectVersion(kube: KubeClient): Promise<string> {
  const { major, minor } = (await kube.read('/version')) as Version;
  // Managed clusters append a plus sign: "36+".
  return `${major}.${minor.replace(/\D+$/, '')}`;
}

/** Reads from the cluster what rendering must know of it, and adds what only the settings can say. */
export async function detectClusterFacts(
  kube: KubeClient,
  settings: ClusterSettings,
  {
    version: minorVersion,
    mutatingAdmissionPolicies,
    clusterNetworkPolicies,
    networkPolicyEngine,
    gatewayApi,
    listenerSets,
    routeRetries,
    countedRoutes = [],
  }: ClusterCapabilities,
  mesh: MeshFacts | null,
): Promise<ClusterFacts> {
  const dns = (await ifAllowed(kube.read('/api/v1/namespaces/kube-system/services/kube-dns'))) as Service | null;
  const slices = (await ifAllowed(
    kube.read('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      labelSelector: 'kubernetes.io/service-name=kubernetes',
    }),
  )) as EndpointSlices | null;
  const endpoints = slices?.items ?? [];
  const { dnsServiceIps, podCidrs, serviceCidrs, nodeCidrs, gateway, monitoring, sharedGateway } = settings;
  return {
    minorVersion,
    mutatesPods: mutatingAdmissionPolicies,
    isolatesNetworks: networkPolicyEngine.state !== 'absent',
    knowsClusterNetworkPolicy: clusterNetworkPolicies,
    dnsServiceIps: dnsServiceIps ?? dns?.spec.clusterIPs ?? [],
    ...{ podCidrs, serviceCidrs, nodeCidrs, gateway, monitoring, mesh, sharedGateway },
    knowsGatewayApi: gatewayApi === true,
    knowsListenerSets: listenerSets === true,
    retriesRoutes: routeRetries === true,
    countedRoutes,
    apiServerEndpoints: {
      ips: endpoints.flatMap((slice) => slice.endpoints.flatMap(({ addresses }) => addresses)).sort(),
      port: endpoints[0]?.ports?.[0]?.port ?? 6443,
    },
  };
}

/** A cluster may not let the worker look at something that is only good to know. */
async function ifAllowed(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.httpStatus === 403) return null;
    throw error;
  }
}
