import { typeIdTransformer } from '#persistence';
import { PlanVersion } from '#tenancy';
import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';

import {
  type Canary,
  type PauseReason,
  type RolloutCounts,
  type RolloutDirection,
  type RolloutState,
} from './rollout-status.js';

/** Moves the tenants of a plan to one of its versions. A plan has at most one unfinished rollout. */
@Entity('rollouts')
@Index('rollouts_active_key', ['planId'], { unique: true, where: 'finished_at IS NULL' })
@Index('rollouts_plan_idx', ['planId', 'id'])
@Index('rollouts_watched_idx', ['id'], { where: 'watched' })
export class Rollout {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('rollout'), primaryKeyConstraintName: 'rollouts_pkey' })
  id!: string;

  @Column({ type: 'text' })
  planId!: string;

  @Column({ type: 'integer' })
  toVersion!: number;

  @ManyToOne(() => PlanVersion)
  @JoinColumn([
    { name: 'plan_id', referencedColumnName: 'planId', foreignKeyConstraintName: 'rollouts_plan_version_fkey' },
    { name: 'to_version', referencedColumnName: 'version', foreignKeyConstraintName: 'rollouts_plan_version_fkey' },
  ])
  plan?: PlanVersion;

  /** Tenants on these versions take part; null for every other version. */
  @Column({ type: 'jsonb', nullable: true })
  fromVersions!: number[] | null;

  @Column({ type: 'jsonb' })
  canary!: Canary;

  /** Tenants per wave after the canary; null for a single wave. */
  @Column({ type: 'integer', nullable: true })
  batchSize!: number | null;

  @Column({ type: 'integer' })
  maxConcurrent!: number;

  @Column({ type: 'integer' })
  maxFailures!: number;

  @Column({ type: 'boolean' })
  pauseAfterCanary!: boolean;

  @Column({ type: 'text' })
  state!: RolloutState;

  @Column({ type: 'text' })
  direction!: RolloutDirection;

  /** Set while the rollout is paused. */
  @Column({ type: 'jsonb', nullable: true })
  reason!: PauseReason | null;

  @Column({ type: 'jsonb' })
  counts!: RolloutCounts;

  /** Failures in this direction before the last resume; they no longer count. */
  @Column({ type: 'integer', default: 0 })
  toleratedFailures!: number;

  /** Whether workers have to advance it: tenants are pending or in flight. */
  @Column({ type: 'boolean' })
  watched!: boolean;

  /** The principal that requested it. */
  @Column({ type: 'text' })
  requestedBy!: string;

  /** The principal that requested the rollback. */
  @Column({ type: 'text', nullable: true })
  rolledBackBy!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
