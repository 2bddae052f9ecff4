import { typeIdTransformer } from '#persistence';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from './tenant.entity.js';

const primaryKeyConstraintName = 'suspended_workloads_pkey';

/**
 * A workload that a suspension has taken down, or is about to. Kept here and not on the object, where the tenant
 * could write another number of replicas than it had.
 */
@Entity('suspended_workloads')
export class SuspendedWorkload {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('tenant'), primaryKeyConstraintName })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'suspended_workloads_tenant_id_fkey' })
  tenant?: Tenant;

  /** Another object of the same name is not the one that was taken down. */
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

  /** Of the object as it was when it was remembered; the write that takes it down demands it. */
  @Column({ type: 'text' })
  resourceVersion!: string;

  /** The merge patch that puts the object back, e.g. `{"spec": {"replicas": 3}}`. */
  @Column({ type: 'jsonb' })
  restore!: object;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  suspendedAt!: Date;
}
