import { typeIdTransformer } from '#persistence';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from '../tenants/tenant.entity.js';

/**
 * What is wrong with an object: rendered and not there; there and not as rendered; or there, labelled as the tenant's,
 * and neither rendered nor made by Bulkhead.
 */
export const driftKinds = ['missing', 'changed', 'unexpected'] as const;
export type DriftKind = (typeof driftKinds)[number];

/** One field of an object that is not as it was rendered. */
export interface DriftedField {
  /** JSON Pointer (RFC 6901) into the object. */
  path: string;
  /** Null: nothing belongs here. */
  wanted: unknown;
  /** Null: nothing stands here. */
  found: unknown;
  /** Who owns the field in `metadata.managedFields`; null when that is not known, as with a field that was removed. */
  manager: { name: string; operation: 'Apply' | 'Update'; time: string | null } | null;
}

/** One object that drifted, from when it was seen to when it was put right. */
@Entity('tenant_drift')
@Index('tenant_drift_open_key', ['tenantId', 'object'], { unique: true, where: 'healed_at IS NULL' })
@Index('tenant_drift_tenant_id_idx', ['tenantId', 'detectedAt'])
export class TenantDrift {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'tenant_drift_pkey' })
  id!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'tenant_drift_tenant_id_fkey' })
  tenant?: Tenant;

  /** `apiVersion/Kind/[namespace/]name` */
  @Column({ type: 'text' })
  object!: string;

  @Column({ type: 'text' })
  kind!: DriftKind;

  @Column({ type: 'jsonb' })
  fields!: DriftedField[];

  @Column({ type: 'timestamptz' })
  detectedAt!: Date;

  /** Null while the object is not as it should be. */
  @Column({ type: 'timestamptz', nullable: true })
  healedAt!: Date | null;
}
