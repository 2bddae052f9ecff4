import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from './tenant.entity.js';

export const operationKinds = ['create', 'update', 'schedule-deletion', 'undelete', 'delete'] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStates = ['pending', 'running', 'succeeded', 'failed', 'superseded', 'cancelled'] as const;
export type OperationState = (typeof operationStates)[number];

/** One thing done to one object while carrying out an operation. */
export interface OperationStep {
  name: 'apply' | 'prune';
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  state: 'succeeded' | 'failed';
  attempts: number;
  durationMs: number;
  error: string | null;
}

/** Why an operation failed, or why it is not finished yet. */
export interface OperationError {
  /** One CamelCase word, as on the tenant's condition. */
  reason: string;
  message: string;
  /** The object that could not be written; null when no single object is at fault. */
  object: string | null;
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

  @Column({ type: 'jsonb', nullable: true })
  error!: OperationError | null;

  /** The principal who asked, e.g. `key_01j…`. */
  @Column({ type: 'text' })
  requestedBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
