import { type ClusterFacts } from '#isolation';
import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** Something that must hold for a whole mesh, so that its tenants are apart. */
export interface MeshPrerequisite {
  /** Stable, for programs: `root-strict-mtls`. */
  name: string;
  /** `unknown`: the worker may not look. */
  status: 'met' | 'unmet' | 'unknown';
  detail: string;
  /** What an administrator can do; null: nothing is needed. */
  remedy: string | null;
}

/** The service mesh of a cluster, as it was found. */
export interface MeshReport {
  kind: 'istio-sidecar' | 'istio-ambient' | 'linkerd';
  /** Such as "1.31.1"; null: not known. */
  version: string | null;
  /** How it was found. */
  detail: string;
  prerequisites: MeshPrerequisite[];
}

/** What a cluster can do, as it was found and not as it was told. */
export interface ClusterCapabilities {
  /** Such as "1.36". */
  version: string;
  /** `MutatingAdmissionPolicy` in admissionregistration.k8s.io/v1 (KEP-3962). */
  mutatingAdmissionPolicies: boolean;
  /** `ClusterNetworkPolicy` of policy.networking.k8s.io. */
  clusterNetworkPolicies: boolean;
  gatekeeper: { present: boolean };
  /** What enforces NetworkPolicies. `unknown`: it could not be found out, and `detail` says why. */
  networkPolicyEngine: { state: 'present' | 'absent' | 'unknown'; name: string | null; detail: string };
  /** Absent or null: none was found. */
  mesh?: MeshReport | null;
  /** Whether it serves HTTPRoute of Gateway API in v1; absent: nobody has looked. */
  gatewayApi?: boolean;
  /** Whether it serves ListenerSet in v1; absent: nobody has looked. */
  listenerSets?: boolean;
  /** Whether its HTTPRoute has retries; absent: nobody has looked. */
  routeRetries?: boolean;
  /** Kinds of routes that it counts in quotas, such as `httproutes.gateway.networking.k8s.io`; absent: nobody has looked. */
  countedRoutes?: string[];
  /** ISO 8601. */
  detectedAt: string;
}

/** A Kubernetes cluster that tenants are placed on. */
@Entity('clusters')
@Unique('clusters_name_key', ['name'])
export class Cluster {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('cluster'), primaryKeyConstraintName: 'clusters_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** What rendering must know of the cluster; null until a worker has reached it for the first time. */
  @Column({ type: 'jsonb', nullable: true })
  facts!: ClusterFacts | null;

  /** What a worker found that the cluster can do; null until one has looked. */
  @Column({ type: 'jsonb', nullable: true })
  capabilities!: ClusterCapabilities | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
