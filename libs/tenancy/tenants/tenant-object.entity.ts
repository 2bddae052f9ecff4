import { typeIdTransformer } from '#persistence';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from './tenant.entity.js';

const primaryKeyConstraintName = 'tenant_objects_pkey';

/** The inventory: one Kubernetes object that the worker put into the cluster for a tenant and that stands there. */
@Entity('tenant_objects')
export class TenantObject {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('tenant'), primaryKeyConstraintName })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'tenant_objects_tenant_id_fkey' })
  tenant?: Tenant;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName })
  apiVersion!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName })
  kind!: string;

  /** Empty for an object of the cluster itself, such as a Namespace. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName })
  namespace!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName })
  name!: string;

  @Column({ type: 'text' })
  uid!: string;

  /** SHA-256 of the object as it was rendered when it was applied. */
  @Column({ type: 'text' })
  renderedHash!: string;

  /** A short text that changes whenever somebody changes the object; null when that was never looked at. */
  @Column({ type: 'text', nullable: true })
  fingerprint!: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  appliedAt!: Date;
}
