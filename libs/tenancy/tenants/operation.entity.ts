import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from './tenant.entity.js';

export const operationKinds = [
  ...(['create', 'update', 'hold', 'release'] as const),
  ...(['schedule-deletion', 'undelete', 'delete'] as const),
  ...(['link', 'unlink'] as const),
] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStates = ['pending', 'running', 'succeeded', 'failed', 'superseded', 'cancelled'] as const;
export type OperationState = (typeof operationStates)[number];

/** `keep`: no longer desired, but left in the cluster because it holds data. */
export const stepNames = ['apply', 'prune', 'wait', 'keep', 'suspend', 'resume'] as const;
export const stepStates = ['running', 'succeeded', 'failed'] as const;

/** Details of a failure beyond its message. */
export interface FailureCause {
  /** Same reason as in the tenant's condition, the operation's error and the log line. */
  code: string;
  /** Reason reported by the API server, e.g. `Forbidden`, `Invalid`, `Conflict`; null if it did not answer. */
  reason: string | null;
  httpStatus: number | null;
}

/** One action on an object while carrying out an operation, or one wait. */
export interface OperationStep {
  name: (typeof stepNames)[number];
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  state: (typeof stepStates)[number];
  attempts: number;
  /** Duration of the last attempt; for a `wait`, of the whole wait. */
  durationMs: number;
  error: string | null;
  /** ISO 8601; start of the last attempt, or of the whole `wait`. Absent in steps of older versions. */
  startedAt?: string;
  /** Absent like `startedAt`; null unless the step failed or is waiting. */
  cause?: FailureCause | null;
}

/** Why an operation failed or has not finished yet. */
export interface OperationError {
  /** One CamelCase word, as in the tenant's condition. */
  reason: string;
  message: string;
  /** The object that could not be written; null if no single object is at fault. */
  object: string | null;
  /** The answer of the API server; null if it was not asked, absent in rows of older versions. */
  cause?: FailureCause | null;
}

/** The record of one requested change of a tenant. A newer change supersedes it. */
@Entity('operations')
@Index('operations_unfinished_key', ['tenantId'], { unique: true, where: 'finished_at IS NULL' })
@Index('operations_tenant_id_idx', ['tenantId', 'id'])
export class Operation {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('op'), primaryKeyConstraintName: 'operations_pkey' })
  id!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'operations_tenant_id_fkey' })
  tenant?: Tenant;

  @Column({ type: 'text' })
  kind!: OperationKind;

  @Column({ type: 'text' })
  state!: OperationState;

  /** The tenant's generation of this change. */
  @Column({ type: 'integer' })
  generation!: number;

  @Column({ type: 'jsonb', default: [] })
  steps!: OperationStep[];

  /** Number of oldest steps that were dropped to bound the size of the row. */
  @Column({ type: 'integer', default: 0 })
  stepsDropped!: number;

  @Column({ type: 'jsonb', nullable: true })
  error!: OperationError | null;

  /** The operation that this one retries. */
  @Column({ type: 'uuid', nullable: true, transformer: typeIdTransformer('op') })
  retryOf!: string | null;

  /** The requesting principal, e.g. `key_01j…`. */
  @Column({ type: 'text' })
  requestedBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
