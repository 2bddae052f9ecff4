import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { Quarantine } from './quarantine.entity.js';
import { Tenant } from './tenant.entity.js';

/** Who has a reason: the billing system, the people who run the platform, or those who guard it. */
export const holdSources = ['billing', 'admin', 'security'] as const;
export type HoldSource = (typeof holdSources)[number];

/**
 * What a hold does. `suspend` stops the workloads and keeps the data; `quarantine` cuts the tenant off and lets the
 * workloads run; `freeze` refuses changes of the tenant through the API.
 */
export const holdEffects = ['suspend', 'quarantine', 'freeze'] as const;
export type HoldEffect = (typeof holdEffects)[number];

/** A reason to restrict a tenant. Holds are independent: each is lifted by itself, and stays on record. */
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

  /** For people. */
  @Column({ type: 'text' })
  reason!: string;

  /** The emergency that placed it with others; null: it was placed by itself. */
  @Column({
    type: 'uuid',
    nullable: true,
    transformer: typeIdTransformer('quarantine'),
  })
  quarantineId!: string | null;

  @ManyToOne(() => Quarantine)
  @JoinColumn({ name: 'quarantine_id', foreignKeyConstraintName: 'holds_quarantine_id_fkey' })
  quarantine?: Relation<Quarantine> | null;

  /** The principal who placed it, e.g. `key_01j…`. */
  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'text', nullable: true })
  liftedBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  liftedAt!: Date | null;
}
