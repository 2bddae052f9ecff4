import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { Quarantine } from './quarantine.entity.js';
import { Tenant } from './tenant.entity.js';

/** The owner of the reason: the billing system, the operators or the security team. */
export const holdSources = ['billing', 'admin', 'security'] as const;
export type HoldSource = (typeof holdSources)[number];

/**
 * The effect of a hold. `suspend` stops the workloads and keeps the data; `quarantine` cuts the tenant off while its
 * workloads keep running; `freeze` refuses changes of the tenant through the API.
 */
export const holdEffects = ['suspend', 'quarantine', 'freeze'] as const;
export type HoldEffect = (typeof holdEffects)[number];

/** A reason to restrict a tenant. Each hold is lifted independently and stays on record. */
@Entity('holds')
@Index('holds_active_key', ['tenantId', 'source', 'effect'], { unique: true, where: 'lifted_at IS NULL' })
@Index('holds_tenant_id_idx', ['tenantId', 'id'])
@Index('holds_quarantine_id_idx', ['quarantineId'], { where: 'quarantine_id IS NOT NULL' })
export class Hold {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('hold'), primaryKeyConstraintName: 'holds_pkey' })
  id!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @ManyToOne(() => Tenant, (tenant) => tenant.holds)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'holds_tenant_id_fkey' })
  tenant?: Relation<Tenant>;

  @Column({ type: 'text' })
  source!: HoldSource;

  @Column({ type: 'text' })
  effect!: HoldEffect;

  /** Explanation for humans. */
  @Column({ type: 'text' })
  reason!: string;

  /** The quarantine that placed the hold; null if it was placed individually. */
  @Column({
    type: 'uuid',
    nullable: true,
    transformer: typeIdTransformer('quarantine'),
  })
  quarantineId!: string | null;

  @ManyToOne(() => Quarantine)
  @JoinColumn({ name: 'quarantine_id', foreignKeyConstraintName: 'holds_quarantine_id_fkey' })
  quarantine?: Relation<Quarantine> | null;

  /** The principal that placed it, e.g. `key_01j…`. */
  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'text', nullable: true })
  liftedBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  liftedAt!: Date | null;
}
