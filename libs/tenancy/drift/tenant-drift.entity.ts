import { typeIdTransformer } from '#persistence';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from '../tenants/tenant.entity.js';

/**
 * The kind of drift: the object is missing; it differs from the object set; or it has the tenant's label but is not in
 * the object set and was not created by Bulkhead.
 */
export const driftKinds = ['missing', 'changed', 'unexpected'] as const;
export type DriftKind = (typeof driftKinds)[number];

/** A field that differs from the object set. */
export interface DriftedField {
  /** JSON Pointer (RFC 6901) into the object. */
  path: string;
  /** Desired value; null if the field must be absent. */
  wanted: unknown;
  /** Value in the cluster; null if absent. */
  found: unknown;
  /** Owner of the field in `metadata.managedFields`; null if unknown, as for a removed field. */
  manager: { name: string; operation: 'Apply' | 'Update'; time: string | null } | null;
}

/** The drift of one object, from its detection until it is healed. */
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

  /** Null while the drift is open. */
  @Column({ type: 'timestamptz', nullable: true })
  healedAt!: Date | null;
}
