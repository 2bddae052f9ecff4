import { type PlanSpec } from '#plans';

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
  /** What the tenant's holds take away; absent: nothing. */
  restriction?: Restriction | undefined;
  cluster: ClusterFacts;
}
