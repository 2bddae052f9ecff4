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

import { type PolicySpec } from './policy-spec.js';

export const policyStates = ['pending', 'in-force', 'failed', 'deleting'] as const;
/** How far the cluster is with the newest version of a policy. */
export type PolicyState = (typeof policyStates)[number];

/** A guardrail across tenants. What it says is in its numbered versions. */
@Entity('policies')
@Index('policies_slot_key', ['slot'], { unique: true })
@Index('policies_due_idx', ['nextCheckAt'])
export class Policy {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'policies_pkey' })
  id!: string;

  @Column({ type: 'text' })
  description!: string;

  /** What its objects in the cluster are named after: the worker may write these names and no others. */
  @Column({ type: 'smallint' })
  slot!: number;

  @Column({ type: 'integer' })
  version!: number;

  /** The version that the cluster has; 0: none yet. */
  @Column({ type: 'integer', default: 0 })
  observedVersion!: number;

  @Column({ type: 'text' })
  state!: PolicyState;

  /** Since when it is in this state. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  stateChangedAt!: Date;

  /** Why it is not in force; null when there is nothing to say. */
  @Column({ type: 'text', nullable: true })
  message!: string | null;

  /** Since when the observed version is in force. */
  @Column({ type: 'timestamptz', nullable: true })
  inForceAt!: Date | null;

  /** When a worker has to look at it again. */
  @Column({ type: 'timestamptz' })
  nextCheckAt!: Date;

  /** When what stands was last judged by it; null: never, or Gatekeeper does. */
  @Column({ type: 'timestamptz', nullable: true })
  auditedAt!: Date | null;

  @Column({ type: 'integer', nullable: true })
  auditedVersion!: number | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}

/** One version of a policy. Never changed after it was written. */
@Entity('policy_versions')
export class PolicyVersion {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'policy_versions_pkey' })
  policyId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'policy_versions_pkey' })
  version!: number;

  @ManyToOne(() => Policy, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'policy_id', foreignKeyConstraintName: 'policy_versions_policy_id_fkey' })
  policy?: Policy;

  @Column({ type: 'jsonb' })
  spec!: PolicySpec;

  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
