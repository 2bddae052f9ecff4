import { type TenantMember } from '#isolation';
import { typeIdTransformer } from '#persistence';
import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type Relation,
  UpdateDateColumn,
} from 'typeorm';

import { Cluster } from '../clusters/cluster.entity.js';
import { PlanVersion } from '../plans/plan.entity.js';
import { Environment } from './environment.entity.js';
import { Hold } from './hold.entity.js';
import { type Condition, type IsolationFindings, type TenantPhase } from './tenant-status.js';

/**
 * A tenant: its desired state (`generation`), its observed state (`observedGeneration`) and its next reconciliation.
 * The row is the outbox of every change: workers pick changed tenants whose `nextReconcileAt` has passed, and a wake-up
 * only signals that there are some.
 */
@Entity('tenants')
@Index('tenants_slug_key', ['slug'], { unique: true, where: 'deleted_at IS NULL' })
@Index('tenants_external_id_key', ['externalId'], { unique: true, where: 'deleted_at IS NULL' })
@Index('tenants_next_reconcile_at_idx', ['nextReconcileAt'], { where: 'deleted_at IS NULL' })
@Index('tenants_changed_idx', ['nextReconcileAt'], { where: 'generation > observed_generation AND deleted_at IS NULL' })
@Index('tenants_plan_idx', ['planId', 'planVersion'])
@Index('tenants_created_by_idx', ['createdBy', 'id'])
@Index('tenants_members_idx', ['members'], { type: 'gin' })
@Index('tenants_deletes_at_idx', ['deletesAt'], { where: 'deletion_requested_at IS NULL' })
export class Tenant {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('tenant'), primaryKeyConstraintName: 'tenants_pkey' })
  id!: string;

  @Column({ type: 'text' })
  slug!: string;

  /** The caller's id of the customer, e.g. in a billing system. */
  @Column({ type: 'text', nullable: true })
  externalId!: string | null;

  @Column({ type: 'text' })
  displayName!: string;

  @Column({ type: 'text' })
  planId!: string;

  @Column({ type: 'integer' })
  planVersion!: number;

  @ManyToOne(() => PlanVersion)
  @JoinColumn([
    { name: 'plan_id', referencedColumnName: 'planId', foreignKeyConstraintName: 'tenants_plan_version_fkey' },
    { name: 'plan_version', referencedColumnName: 'version', foreignKeyConstraintName: 'tenants_plan_version_fkey' },
  ])
  plan?: PlanVersion;

  @Column({ type: 'uuid', transformer: typeIdTransformer('cluster') })
  clusterId!: string;

  @ManyToOne(() => Cluster)
  @JoinColumn({ name: 'cluster_id', foreignKeyConstraintName: 'tenants_cluster_id_fkey' })
  cluster?: Cluster;

  @OneToMany(() => Environment, (environment) => environment.tenant)
  environments!: Relation<Environment>[];

  /** Holds in force. */
  @OneToMany(() => Hold, (hold) => hold.tenant)
  holds!: Relation<Hold>[];

  @Column({ type: 'jsonb' })
  members!: TenantMember[];

  @Column({ type: 'jsonb' })
  labels!: Record<string, string>;

  @Column({ type: 'text' })
  phase!: TenantPhase;

  /** Raised by every change of the desired state. */
  @Column({ type: 'integer' })
  generation!: number;

  /** The latest generation that the cluster was found to match. */
  @Column({ type: 'integer', default: 0 })
  observedGeneration!: number;

  /** When a pass last compared the whole object set with the cluster; null before the first. */
  @Column({ type: 'timestamptz', nullable: true })
  observedAt!: Date | null;

  /** Raised by every visible write of the row; announces it to the readers of event streams. */
  @Column({ type: 'integer', default: 1 })
  revision!: number;

  @Column({ type: 'jsonb', default: [] })
  conditions!: Condition[];

  /** Findings of the last isolation check; null if all passed or there was none. */
  @Column({ type: 'jsonb', nullable: true })
  isolationFindings!: IsolationFindings | null;

  /** Number of consecutive passes that ended in a retryable error; determines the backoff. */
  @Column({ type: 'integer', default: 0 })
  failureCount!: number;

  /** Refusals of its passes by the API server that no success or change has followed; some make a refusal final. */
  @Column({ type: 'integer', default: 0 })
  refusals!: number;

  /** Time of the first of these refusals. */
  @Column({ type: 'timestamptz', nullable: true })
  refusedSince!: Date | null;

  /** The generation whose operation was cancelled: workers ignore the tenant while it is the latest. */
  @Column({ type: 'integer', nullable: true })
  cancelledGeneration!: number | null;

  /** When a worker has to reconcile the tenant at the latest. */
  @Column({ type: 'timestamptz', nullable: true })
  nextReconcileAt!: Date | null;

  /** How often the tenant was made due at once; counted by a trigger (see `wakeTenants`). */
  @Column({ type: 'integer', default: 0 })
  wakes!: number;

  @Column({ type: 'text', nullable: true })
  leaseOwner!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  /** Fencing token: raised by every new holder of the lease and required by every write of observed state. */
  @Column({ type: 'bigint', default: 0 })
  leaseEpoch!: string;

  /** The principal that created it, e.g. `key_01j…`; null: unknown. */
  @Column({ type: 'text', nullable: true })
  createdBy!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  /** When the deletion was requested; null if it was not, or was cancelled. */
  @Column({ type: 'timestamptz', nullable: true })
  deletionScheduledAt!: Date | null;

  /** The requesting principal, e.g. `key_01j…`. */
  @Column({ type: 'text', nullable: true })
  deletionScheduledBy!: string | null;

  /** When the retention ends and the deletion begins. */
  @Column({ type: 'timestamptz', nullable: true })
  deletesAt!: Date | null;

  /** Whether the tenant is suspended from the request of its deletion until the deletion begins. */
  @Column({ type: 'boolean', default: true })
  deletionSuspends!: boolean;

  /** When the deletion began; from then on it cannot be cancelled. */
  @Column({ type: 'timestamptz', nullable: true })
  deletionRequestedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt!: Date | null;
}
