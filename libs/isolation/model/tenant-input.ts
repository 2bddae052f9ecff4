import { type PlanSpec, type TenantRoute } from '#plans';

import { type Restriction } from './restriction.js';

export type TenantRole = 'tenant-owner' | 'tenant-admin' | 'tenant-developer' | 'tenant-viewer';

/** Someone who works in the tenant's namespaces, as the cluster's authenticator names them. */
export interface TenantMember {
  kind: 'User' | 'Group';
  name: string;
  role: TenantRole;
}

/** One namespace of a tenant. */
export interface TenantEnvironment {
  name: string;
  namespace: string;
}

/** Pods of the platform, by namespace and labels. */
export interface PlatformPods {
  namespace: string;
  podLabels: Record<string, string>;
}

type MeshKind = 'istio-sidecar' | 'istio-ambient' | 'linkerd';

/** A workload by the account it runs as: what meshes prove by certificate (SPIFFE, `ns/<namespace>/sa/<account>`). */
export interface WorkloadIdentity {
  namespace: string;
  serviceAccount: string;
}

/** The service mesh of a cluster. */
export interface MeshFacts {
  kind: MeshKind;
  /** Such as "1.31.1"; null: not known. */
  version: string | null;
  /** Where its control plane runs: `istio-system`, `linkerd`. */
  controlPlaneNamespace: string;
  /** What all identities begin with (SPIFFE trust domain), such as `cluster.local`. */
  trustDomain: string;
  /** Istio: the revision or tag that injects, as in `istio.io/rev`; null: `istio-injection`, which has none. */
  revision: string | null;
  /** As whom the ingress gateway calls; null: there is none. */
  gatewayIdentity: WorkloadIdentity | null;
  /** As whom the metrics collector calls; null: it has no identity in the mesh. */
  monitoringIdentity: WorkloadIdentity | null;
  /**
   * Istio with sidecars: to which namespaces Services are told that do not say so themselves, as in
   * `meshConfig.defaultServiceExportTo`; absent: to all.
   */
  serviceExports?: readonly string[];
  /** Istio: who takes access logs that name the tenant (an extension provider of MeshConfig); absent: Istio's own. */
  accessLogProvider?: string;
  /** Repositories of the images that injection puts into pods; absent: those of the mesh's own registries. */
  proxyImages?: readonly string[];
  /**
   * Whether a pod that nothing was injected into is refused; absent: yes. A cluster without an injector, as a
   * development cluster is, can start no pod otherwise.
   */
  requiresProxies?: boolean;
  /** Labels and annotations that this injector puts on pods beside those of a default installation; absent: none. */
  podMarks?: Readonly<Record<string, string>>;
}

/** A Gateway (Gateway API) of the platform that routes of tenants may be attached to. */
interface SharedGateway {
  namespace: string;
  name: string;
}

/** What rendering must know of the cluster. Addresses are IPv4 or IPv6 texts, ranges are CIDRs. */
export interface ClusterFacts {
  /** Such as "1.36". */
  minorVersion: string;
  /** Whether the cluster fills in the defaults of pods; absent: it does not (before 1.36). */
  mutatesPods?: boolean;
  /** Whether something enforces NetworkPolicies, as far as is known; absent: nobody has looked. */
  isolatesNetworks?: boolean;
  /** Whether the cluster serves ClusterNetworkPolicy; absent: nobody has looked. */
  knowsClusterNetworkPolicy?: boolean;
  /** The ClusterIPs of the DNS service. */
  dnsServiceIps: readonly string[];
  podCidrs: readonly string[];
  serviceCidrs: readonly string[];
  nodeCidrs: readonly string[];
  /** Where the API servers listen, not their Service: most engines see traffic after that address was translated. */
  apiServerEndpoints: { ips: readonly string[]; port: number };
  /** The ingress gateway; null when there is none. */
  gateway: PlatformPods | null;
  /** The metrics collector and the ports it reads; null when there is none. */
  monitoring: (PlatformPods & { ports: readonly number[] }) | null;
  /** The service mesh; absent or null: there is none. */
  mesh?: MeshFacts | null;
  /** Whether the cluster serves the Gateway API in v1 (HTTPRoute); absent: nobody has looked. */
  knowsGatewayApi?: boolean;
  /** Whether it serves ListenerSet in v1; absent: nobody has looked. */
  knowsListenerSets?: boolean;
  /** Whether its HTTPRoute has retries, which are in the experimental channel; absent: nobody has looked. */
  retriesRoutes?: boolean;
  /** Kinds of routes that the cluster counts in quotas, such as `httproutes.gateway.networking.k8s.io`; absent: none. */
  countedRoutes?: readonly string[];
  /** The Gateway that tenants' routes are attached to; absent or null: there is none. */
  sharedGateway?: SharedGateway | null;
}

/** One port that a link opens. Numbers are TCP ports. */
interface LinkPort {
  /** Of the Service. */
  port: number;
  /** Of the pods behind it. */
  targetPort: number;
}

/** A way from one tenant's workload to a service of another tenant that both have agreed to and that is in force. */
export interface TenantLink {
  /** The TypeID, `link_01…`. */
  id: string;
  provider: {
    tenantId: string;
    namespace: string;
    service: string;
    /** What the Service selects; never empty. */
    podLabels: Readonly<Record<string, string>>;
  };
  consumer: WorkloadIdentity & { tenantId: string };
  ports: readonly LinkPort[];
}

/** All that a tenant's objects are made from. */
export interface TenantInput {
  /** The TypeID, `tenant_01…`. */
  id: string;
  slug: string;
  /** For people: any text. */
  displayName: string;
  plan: { id: string; version: number; spec: PlanSpec };
  environments: readonly TenantEnvironment[];
  members: readonly TenantMember[];
  /** What the platform's people say of it; absent: nothing. */
  labels?: Readonly<Record<string, string>>;
  /** Host names that are the tenant's, with all names below them; absent: none. */
  hosts?: readonly string[];
  /** Routes from its hosts to services in its namespaces; absent: none. */
  routes?: readonly TenantRoute[];
  /** Links in force that the tenant provides or consumes, by id; absent: none. */
  links?: readonly TenantLink[];
  /** What the tenant's holds take away; absent: nothing. */
  restriction?: Restriction | undefined;
  cluster: ClusterFacts;
}
