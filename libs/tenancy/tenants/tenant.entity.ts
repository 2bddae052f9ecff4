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
 * A customer: what was asked for (`generation`), what is known to stand (`observedGeneration`), and who
 * looks at it next. The row is the outbox of every change: workers take changed tenants whose `nextReconcileAt` has
 * passed from here, and a wake-up says only that there are some.
 */
@Entity('tenants')
@Index('tenants_slug_key', ['slug'], { unique: true, where: 'deleted_at IS NULL' })
@Index('tenants_external_id_key', ['externalId'], { unique: true, where: 'deleted_at IS NULL' })
@Index('tenants_next_reconcile_at_idx', ['nextReconcileAt'], { where: 'deleted_at IS NULL' })
@Index('tenants_changed_idx', ['nextReconcileAt'], { where: 'generation > observed_generation AND deleted_at IS NULL' })
@Index('tenants_plan_idx', ['planId', 'planVersion'])
@Index('tenants_deletes_at_idx', ['deletesAt'], { where: 'deletion_requested_at IS NULL' })
export class Tenant {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('tenant'), primaryKeyConstraintName: 'tenants_pkey' })
  id!: string;

  @Column({ type: 'text' })
  slug!: string;

  /** The customer's id in the caller's billing system. */
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

  /** Those in force. */
  @OneToMany(() => Hold, (hold) => hold.tenant)
  holds!: Relation<Hold>[];

  @Column({ type: 'jsonb' })
  members!: TenantMember[];

  @Column({ type: 'jsonb' })
  labels!: Record<string, string>;

  @Column({ type: 'text' })
  phase!: TenantPhase;

  /** Raised by every change of what is wanted. */
  @Column({ type: 'integer' })
  generation!: number;

  /** The generation that the cluster is known to match. */
  @Column({ type: 'integer', default: 0 })
  observedGeneration!: number;

  /** When a pass last compared the cluster with what is wanted to the end; null before the first. */
  @Column({ type: 'timestamptz', nullable: true })
  observedAt!: Date | null;

  /** Raised by every write of the row that a reader can see; the ETag. */
  @Column({ type: 'integer', default: 1 })
  revision!: number;

  @Column({ type: 'jsonb', default: [] })
  conditions!: Condition[];

  /** What the last isolation check found wrong; null: nothing, or there was none. */
  @Column({ type: 'jsonb', nullable: true })
  isolationFindings!: IsolationFindings | null;

  /** Passes in a row that ended in an error worth retrying; sets the pause before the next one. */
  @Column({ type: 'integer', default: 0 })
  failureCount!: number;

  /** The generation whose operation was cancelled: no worker looks at the tenant while it is the newest. */
  @Column({ type: 'integer', nullable: true })
  cancelledGeneration!: number | null;

  /** When somebody has to look at the tenant at the latest. */
  @Column({ type: 'timestamptz', nullable: true })
  nextReconcileAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  leaseOwner!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  /** Fencing token: raised by every new holder of the lease, and demanded by every observed write. */
  @Column({ type: 'bigint', default: 0 })
  leaseEpoch!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  /** When the deletion was asked for; null when nobody did, or it was called back. */
  @Column({ type: 'timestamptz', nullable: true })
  deletionScheduledAt!: Date | null;

  /** The principal who asked, e.g. `key_01j…`. */
  @Column({ type: 'text', nullable: true })
  deletionScheduledBy!: string | null;

  /** When the retention ends and the deletion begins. */
  @Column({ type: 'timestamptz', nullable: true })
  deletesAt!: Date | null;

  /** When the deletion began; from then on it cannot be called back. */
  @Column({ type: 'timestamptz', nullable: true })
  deletionRequestedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt!: Date | null;
}
