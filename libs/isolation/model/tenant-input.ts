import { type PlanSpec, type TenantRoute } from '#plans';

import { type NetworkRule } from './network-rule.js';
import { type Restriction } from './restriction.js';

export type TenantRole = 'tenant-owner' | 'tenant-admin' | 'tenant-developer' | 'tenant-viewer';

/** A user or group with a role in the tenant's namespaces, named as the cluster's authenticator does. */
export interface TenantMember {
  kind: 'User' | 'Group' | 'ServiceAccount';
  name: string;
  /** Of a ServiceAccount of the platform. Absent: the account is that of each of the tenant's namespaces. */
  namespace?: string | undefined;
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

/** A workload by the account it runs as, which meshes prove by certificate (SPIFFE, `ns/<namespace>/sa/<account>`). */
export interface WorkloadIdentity {
  namespace: string;
  serviceAccount: string;
}

/** The service mesh of a cluster. */
export interface MeshFacts {
  kind: MeshKind;
  /** Such as "1.31.1"; null: unknown. */
  version: string | null;
  /** Where its control plane runs: `istio-system`, `linkerd`. */
  controlPlaneNamespace: string;
  /** The SPIFFE trust domain with which all identities begin, such as `cluster.local`. */
  trustDomain: string;
  /** Istio: the revision or tag that injects, as in `istio.io/rev`; null: `istio-injection`, which has none. */
  revision: string | null;
  /** The identity of the ingress gateway; null: there is none. */
  gatewayIdentity: WorkloadIdentity | null;
  /** The identity of the metrics collector; null: it has none in the mesh. */
  monitoringIdentity: WorkloadIdentity | null;
  /**
   * Istio with sidecars: the namespaces to which Services are exported unless they say otherwise, as in
   * `meshConfig.defaultServiceExportTo`; absent: all.
   */
  serviceExports?: readonly string[];
  /** Istio: the extension provider of MeshConfig whose access logs name the tenant; absent: Istio's own. */
  accessLogProvider?: string;
  /** Repositories of the injected images; absent: those of the mesh's own registries. */
  proxyImages?: readonly string[];
  /**
   * False if pods without an injected proxy are admitted; absent: they are refused. A cluster without an injector, such
   * as a development cluster, could not start any pod otherwise.
   */
  requiresProxies?: boolean;
  /**
   * Labels and annotations that this injector sets on pods in addition to those of a default installation; absent:
   * none.
   */
  podMarks?: Readonly<Record<string, string>>;
}

/** A Gateway (Gateway API) of the platform to which routes of tenants can be attached. */
interface SharedGateway {
  namespace: string;
  name: string;
}

/** The facts about a cluster that rendering depends on. Addresses are IPv4 or IPv6 strings, ranges are CIDRs. */
export interface ClusterFacts {
  /** Such as "1.36". */
  minorVersion: string;
  /** Whether the cluster sets defaults on pods; absent: it does not (before 1.36). */
  mutatesPods?: boolean;
  /** Whether NetworkPolicies are enforced, as far as is known; absent: not checked. */
  isolatesNetworks?: boolean;
  /** What enforces NetworkPolicies, and how that is known; absent: not checked. */
  networkPolicyEngine?: { state: 'present' | 'absent' | 'unknown'; name: string | null; detail: string };
  /** Whether the cluster serves ClusterNetworkPolicy; absent: not checked. */
  knowsClusterNetworkPolicy?: boolean;
  /** The ClusterIPs of the DNS service. */
  dnsServiceIps: readonly string[];
  podCidrs: readonly string[];
  serviceCidrs: readonly string[];
  nodeCidrs: readonly string[];
  /**
   * The addresses of the API servers, not of their Service: most network plug-ins see traffic after that address was
   * translated.
   */
  apiServerEndpoints: { ips: readonly string[]; port: number };
  /** The ingress gateway; null when there is none. */
  gateway: PlatformPods | null;
  /** The metrics collector and the ports it reads; null when there is none. */
  monitoring: (PlatformPods & { ports: readonly number[] }) | null;
  /** The service mesh; absent or null: there is none. */
  mesh?: MeshFacts | null;
  /** The name of the global default PriorityClass; absent or null: there is none. */
  defaultPriorityClass?: string | null;
  /** Audiences of tokens that the API server accepts; absent or null: not known. */
  apiAudiences?: readonly string[] | null;
  /** User names of controllers outside kube-system that write in tenants' namespaces; absent: none. */
  trustedControllers?: readonly string[];
  /** Whether the cluster serves the Gateway API in v1 (HTTPRoute); absent: not checked. */
  knowsGatewayApi?: boolean;
  /** Whether it serves ListenerSet in v1; absent: not checked. */
  knowsListenerSets?: boolean;
  /** Whether its HTTPRoute has retries, which are in the experimental channel; absent: not checked. */
  retriesRoutes?: boolean;
  /**
   * Resources of routes that the cluster counts in quotas, such as `httproutes.gateway.networking.k8s.io`; absent:
   * none.
   */
  countedRoutes?: readonly string[];
  /** The Gateway to which tenants' routes are attached; absent or null: there is none. */
  sharedGateway?: SharedGateway | null;
}

/** A port that a link opens. Numbers are TCP ports. */
interface LinkPort {
  /** Of the Service. */
  port: number;
  /** Of the pods behind it. */
  targetPort: number;
}

/** A link in force: one tenant's workload can call a service of another tenant, with the consent of both. */
export interface TenantLink {
  /** The TypeID, `link_01…`. */
  id: string;
  provider: {
    tenantId: string;
    namespace: string;
    service: string;
    /** The labels that the Service selects; never empty. */
    podLabels: Readonly<Record<string, string>>;
  };
  consumer: WorkloadIdentity & { tenantId: string };
  ports: readonly LinkPort[];
}

/** The complete input for rendering a tenant's objects. */
export interface TenantInput {
  /** The TypeID, `tenant_01…`. */
  id: string;
  slug: string;
  /** For people: any text. */
  displayName: string;
  plan: { id: string; version: number; spec: PlanSpec };
  environments: readonly TenantEnvironment[];
  members: readonly TenantMember[];
  /** Labels that the platform operators put on the tenant; absent: none. */
  labels?: Readonly<Record<string, string>>;
  /** Host names of the tenant, including all names below them; absent: none. */
  hosts?: readonly string[];
  /** Routes from its hosts to services in its namespaces; absent: none. */
  routes?: readonly TenantRoute[];
  /** Links in force that the tenant provides or consumes, by id; absent: none. */
  links?: readonly TenantLink[];
  /** Network rules that have not expired, by id; absent: none. */
  networkRules?: readonly NetworkRule[];
  /** The combined effect of the tenant's holds; absent: none. */
  restriction?: Restriction | undefined;
  cluster: ClusterFacts;
}
