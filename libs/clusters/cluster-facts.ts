import { type ClusterFacts, DEFAULT_PROVISIONER, type MeshFacts, type AdmissionBaseline } from '#isolation';
import { type KubeClient, KubeError } from '#kube';
import { cidrSchema, dnsLabel, dnsSubdomainSchema } from '#plans';
import { type ClusterCapabilities } from '#tenancy';
import { z } from 'zod';

import { meshSettingsSchema } from './mesh/mesh-settings.js';

const labels = z.record(z.string(), z.string());
const name = z.string().min(1).max(253);
const cidrs = z.array(cidrSchema);

/** How long an API server can take to answer `/version` before it counts as unreachable. */
export const ANSWER_TIMEOUT_MS = 5_000;

/** Facts about a cluster that cannot be detected: the contents of the file that `BULKHEAD_CLUSTER_FILE` names. */
export const clusterSettingsSchema = z.strictObject({
  dnsServiceIps: z.array(z.union([z.ipv4(), z.ipv6()])).optional(),
  /** The user name of the worker; the admission policies let no other user change tenants' objects. */
  provisioner: z.string().min(1).default(DEFAULT_PROVISIONER),
  /** Display name of the engine that enforces NetworkPolicies, if it cannot be detected. */
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
  /**
   * ServiceAccounts of controllers that run outside kube-system and write in tenants' namespaces, such as the one that
   * gives load balancers their addresses, or the one that answers ACME challenges. The admission baseline trusts them as
   * it trusts the controllers of kube-system.
   */
  trustedControllers: z
    .array(z.strictObject({ namespace: dnsLabel(), serviceAccount: dnsSubdomainSchema }))
    .max(50)
    .default([]),
  /** The platform's Gateway that tenants' routes are attached to. */
  sharedGateway: z.strictObject({ namespace: name, name }).nullable().default(null),
});
export type ClusterSettings = z.output<typeof clusterSettingsSchema>;

interface Service {
  spec: { clusterIPs?: string[] };
}
interface PriorityClasses {
  items: { metadata: { name: string }; globalDefault?: boolean }[];
}
interface EndpointSlices {
  items: { endpoints: { addresses: string[] }[]; ports?: { port?: number }[] }[];
}

/**
 * Returns the version of the cluster, such as "1.36".
 * @throws KubeError, KubeUnreachable
 */
export async function detectVersion(kube: KubeClient): Promise<string> {
  const { major, minor } = await kube.version(ANSWER_TIMEOUT_MS);
  // Managed clusters append a plus sign: "36+".
  return `${major}.${minor.replace(/\D+$/, '')}`;
}

/**
 * Detects the facts about a cluster that rendering depends on, and adds those that only the settings contain.
 * @throws KubeError, KubeUnreachable
 */
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
  { mesh, apiAudiences }: { mesh: MeshFacts | null; apiAudiences: readonly string[] | null },
): Promise<ClusterFacts> {
  const dns = (await ifAllowed(kube.read('/api/v1/namespaces/kube-system/services/kube-dns'))) as Service | null;
  const slices = (await ifAllowed(
    kube.read('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      labelSelector: 'kubernetes.io/service-name=kubernetes',
    }),
  )) as EndpointSlices | null;
  const classes = (await ifAllowed(kube.read('/apis/scheduling.k8s.io/v1/priorityclasses'))) as PriorityClasses | null;
  const endpoints = slices?.items ?? [];
  const { dnsServiceIps, podCidrs, serviceCidrs, nodeCidrs, gateway, monitoring, sharedGateway } = settings;
  return {
    minorVersion,
    mutatesPods: mutatingAdmissionPolicies,
    isolatesNetworks: networkPolicyEngine.state !== 'absent',
    networkPolicyEngine,
    knowsClusterNetworkPolicy: clusterNetworkPolicies,
    dnsServiceIps: dnsServiceIps ?? dns?.spec.clusterIPs ?? [],
    podCidrs,
    serviceCidrs,
    nodeCidrs,
    gateway,
    monitoring,
    mesh,
    sharedGateway,
    defaultPriorityClass: classes?.items.find(({ globalDefault }) => globalDefault === true)?.metadata.name ?? null,
    trustedControllers: settings.trustedControllers.map(
      ({ namespace, serviceAccount }) => `system:serviceaccount:${namespace}:${serviceAccount}`,
    ),
    apiAudiences,
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

/** Returns the parameters of a cluster's admission baseline. */
export function baselineOf(
  provisioner: string,
  { mutatesPods, mesh, defaultPriorityClass, apiAudiences, trustedControllers = [] }: ClusterFacts,
): AdmissionBaseline {
  return {
    provisioner,
    mutates: mutatesPods === true,
    mesh: mesh ?? null,
    trustedControllers,
    apiAudiences: apiAudiences ?? [],
    ...(typeof defaultPriorityClass === 'string' && { defaultPriorityClass }),
  };
}

/** Null if the worker lacks the right to read something that is optional. */
async function ifAllowed(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.httpStatus === 403) return null;
    throw error;
  }
}
