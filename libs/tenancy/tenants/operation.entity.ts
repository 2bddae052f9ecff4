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

/** `keep`: no longer wanted, and left where it is because it holds data. */
export const stepNames = ['apply', 'prune', 'wait', 'keep', 'suspend', 'resume'] as const;
export const stepStates = ['running', 'succeeded', 'failed'] as const;

/** What is known about a failure beyond its message. */
export interface FailureCause {
  /** The reason that the tenant's condition, the operation's error and the log line have, too. */
  code: string;
  /** The API server's own word, e.g. `Forbidden`, `Invalid`, `Conflict`; null when it gave no answer. */
  reason: string | null;
  httpStatus: number | null;
}

/** One thing done to one object while carrying out an operation, or waited for. */
export interface OperationStep {
  name: (typeof stepNames)[number];
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  state: (typeof stepStates)[number];
  attempts: number;
  /** Of the newest attempt; of a `wait`, since its beginning. */
  durationMs: number;
  error: string | null;
  /** ISO 8601, of the newest attempt; of a `wait`, its beginning. Steps of older versions have none. */
  startedAt?: string;
  /** Absent as `startedAt`; null unless the step failed or waits. */
  cause?: FailureCause | null;
}

/** Why an operation failed, or why it is not finished yet. */
export interface OperationError {
  /** One CamelCase word, as on the tenant's condition. */
  reason: string;
  message: string;
  /** The object that could not be written; null when no single object is at fault. */
  object: string | null;
  /** What the API server answered; absent or null when it was not asked, or in rows of older versions. */
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

  /** The tenant's generation that this change asked for. */
  @Column({ type: 'integer' })
  generation!: number;

  @Column({ type: 'jsonb', default: [] })
  steps!: OperationStep[];

  /** How many of the oldest steps were left out, because a list without an end has no place in a row. */
  @Column({ type: 'integer', default: 0 })
  stepsDropped!: number;

  @Column({ type: 'jsonb', nullable: true })
  error!: OperationError | null;

  /** The operation that this one tries again. */
  @Column({ type: 'uuid', nullable: true, transformer: typeIdTransformer('op') })
  retryOf!: string | null;

  /** The principal who asked, e.g. `key_01j…`. */
  @Column({ type: 'text' })
  requestedBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
