import { typeIdTransformer } from '#persistence';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from './tenant.entity.js';

const primaryKeyConstraintName = 'tenant_objects_pkey';

/** An entry of the inventory: a Kubernetes object that Bulkhead applied for a tenant and has not removed. */
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

  /** Empty for cluster-scoped objects, such as a Namespace. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName })
  namespace!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName })
  name!: string;

  @Column({ type: 'text' })
  uid!: string;

  /** SHA-256 of the rendered object that was last applied. */
  @Column({ type: 'text' })
  renderedHash!: string;

  /** A short text that changes with every change of the object; null if never observed. */
  @Column({ type: 'text', nullable: true })
  fingerprint!: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  appliedAt!: Date;
}
