import { typeIdTransformer } from '#persistence';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from './tenant.entity.js';

const primaryKeyConstraintName = 'suspended_workloads_pkey';

/**
 * A workload that was suspended or is about to be. Stored here instead of on the object, where the tenant could change
 * the number of replicas to restore.
 */
@Entity('suspended_workloads')
export class SuspendedWorkload {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('tenant'), primaryKeyConstraintName })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'suspended_workloads_tenant_id_fkey' })
  tenant?: Tenant;

  /** Distinguishes the suspended object from a later one of the same name. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName })
  uid!: string;

  @Column({ type: 'text' })
  apiVersion!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'text' })
  namespace!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Resource version of the object when it was recorded; the suspending write requires it. */
  @Column({ type: 'text' })
  resourceVersion!: string;

  /** The merge patch that restores the object, e.g. `{"spec": {"replicas": 3}}`. */
  @Column({ type: 'jsonb' })
  restore!: object;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  suspendedAt!: Date;
}
