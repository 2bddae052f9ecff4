import { type ClusterFacts } from '#isolation';
import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** A mesh-wide setting on which the isolation of tenants depends. */
export interface MeshPrerequisite {
  /** Stable identifier, such as `root-strict-mtls`. */
  name: string;
  /** `unknown`: the worker lacks the permission to look. */
  status: 'met' | 'unmet' | 'unknown';
  detail: string;
  /** How an administrator can fix it; null if nothing is needed. */
  remedy: string | null;
}

/** The detected service mesh of a cluster. */
export interface MeshReport {
  kind: 'istio-sidecar' | 'istio-ambient' | 'linkerd';
  /** Such as "1.31.1"; null if unknown. */
  version: string | null;
  /** How it was detected. */
  detail: string;
  prerequisites: MeshPrerequisite[];
}

/** The capabilities of a cluster, as detected rather than configured. */
export interface ClusterCapabilities {
  /** Such as "1.36". */
  version: string;
  /** `MutatingAdmissionPolicy` in admissionregistration.k8s.io/v1 (KEP-3962). */
  mutatingAdmissionPolicies: boolean;
  /** `ClusterNetworkPolicy` of policy.networking.k8s.io. */
  clusterNetworkPolicies: boolean;
  gatekeeper: { present: boolean };
  /** The engine that enforces NetworkPolicies. `unknown`: detection failed; `detail` contains the reason. */
  networkPolicyEngine: { state: 'present' | 'absent' | 'unknown'; name: string | null; detail: string };
  /** Absent or null if none was found. */
  mesh?: MeshReport | null;
  /** Whether the cluster serves HTTPRoute v1 (Gateway API); absent if not detected yet. */
  gatewayApi?: boolean;
  /** Whether the cluster serves ListenerSet v1; absent if not detected yet. */
  listenerSets?: boolean;
  /** Whether HTTPRoute supports retries; absent if not detected yet. */
  routeRetries?: boolean;
  /** Route resources that quotas count, such as `httproutes.gateway.networking.k8s.io`; absent if not detected yet. */
  countedRoutes?: string[];
  /** ISO 8601. */
  detectedAt: string;
}

/** A Kubernetes cluster on which tenants are placed. */
@Entity('clusters')
@Unique('clusters_name_key', ['name'])
export class Cluster {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('cluster'), primaryKeyConstraintName: 'clusters_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Cluster facts that rendering needs; null until a worker has reached the cluster. */
  @Column({ type: 'jsonb', nullable: true })
  facts!: ClusterFacts | null;

  /** Capabilities that a worker detected; null until the first detection. */
  @Column({ type: 'jsonb', nullable: true })
  capabilities!: ClusterCapabilities | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
