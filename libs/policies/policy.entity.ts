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

import { type PolicySpec } from './rule/policy-spec.js';

export const policyStates = ['pending', 'in-force', 'failed', 'deleting'] as const;
/** The state of the latest version of a policy in the cluster. */
export type PolicyState = (typeof policyStates)[number];

/** A guardrail across tenants. Its content is in numbered versions. */
@Entity('policies')
@Index('policies_slot_key', ['slot'], { unique: true })
@Index('policies_due_idx', ['nextCheckAt'])
export class Policy {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'policies_pkey' })
  id!: string;

  @Column({ type: 'text' })
  description!: string;

  /** Determines the names of its objects in the cluster, the only names that the worker has permission to write. */
  @Column({ type: 'smallint' })
  slot!: number;

  @Column({ type: 'integer' })
  version!: number;

  /** The version in the cluster; 0 if none is yet. */
  @Column({ type: 'integer', default: 0 })
  observedVersion!: number;

  @Column({ type: 'text' })
  state!: PolicyState;

  /** When the policy entered this state. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  stateChangedAt!: Date;

  /** Why it is not in force, or which unused clusters it was not applied to; null if there is nothing to say. */
  @Column({ type: 'text', nullable: true })
  message!: string | null;

  /** When the observed version came into force. */
  @Column({ type: 'timestamptz', nullable: true })
  inForceAt!: Date | null;

  /** When a worker has to check it next. */
  @Column({ type: 'timestamptz' })
  nextCheckAt!: Date;

  /** Raised by each worker that claims the policy: results of an earlier claim are not stored. */
  @Column({ type: 'integer', default: 0 })
  claim!: number;

  /** When another worker can claim the policy; null if no worker has. */
  @Column({ type: 'timestamptz', nullable: true })
  claimedUntil!: Date | null;

  /** Whether a worker may have written objects without seeing that the API server acts on them. */
  @Column({ type: 'boolean', default: false })
  unconfirmed!: boolean;

  /** When existing objects were last evaluated against it; null if never, or if Gatekeeper does it. */
  @Column({ type: 'timestamptz', nullable: true })
  auditedAt!: Date | null;

  @Column({ type: 'integer', nullable: true })
  auditedVersion!: number | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}

/** One version of a policy. Immutable. */
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
