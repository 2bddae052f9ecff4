import { typeIdTransformer } from '#persistence';
import { Operation, Tenant } from '#tenancy';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { type RolloutDirection, type RolloutTenantError, type RolloutTenantState } from './rollout-status.js';
import { Rollout } from './rollout.entity.js';

const primaryKeyConstraintName = 'rollout_tenants_pkey';

/** A tenant that takes part in a rollout: it was on another version of the plan when the rollout was created. */
@Entity('rollout_tenants')
@Index('rollout_tenants_position_key', ['rolloutId', 'position'], { unique: true })
@Index('rollout_tenants_state_idx', ['rolloutId', 'state', 'wave'])
export class RolloutTenant {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('rollout'), primaryKeyConstraintName })
  rolloutId!: string;

  @ManyToOne(() => Rollout)
  @JoinColumn({ name: 'rollout_id', foreignKeyConstraintName: 'rollout_tenants_rollout_id_fkey' })
  rollout?: Rollout;

  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('tenant'), primaryKeyConstraintName })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'rollout_tenants_tenant_id_fkey' })
  tenant?: Tenant;

  /** Position in the order of the rollout, from 0. */
  @Column({ type: 'integer' })
  position!: number;

  /** A wave starts when no tenant of the previous one is pending or in flight. The canary is wave 0. */
  @Column({ type: 'integer' })
  wave!: number;

  @Column({ type: 'boolean' })
  canary!: boolean;

  /** The version before the rollout, to which a rollback returns. */
  @Column({ type: 'integer' })
  previousVersion!: number;

  @Column({ type: 'text' })
  direction!: RolloutDirection;

  @Column({ type: 'text' })
  state!: RolloutTenantState;

  /** The latest operation that moves the tenant; null if there was none. */
  @Column({ type: 'uuid', nullable: true, transformer: typeIdTransformer('op') })
  operationId!: string | null;

  @ManyToOne(() => Operation)
  @JoinColumn({ name: 'operation_id', foreignKeyConstraintName: 'rollout_tenants_operation_id_fkey' })
  operation?: Operation;

  @Column({ type: 'jsonb', nullable: true })
  error!: RolloutTenantError | null;

  /** When the latest change of the tenant began. */
  @Column({ type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  /** When that change ended or the tenant was skipped. */
  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
