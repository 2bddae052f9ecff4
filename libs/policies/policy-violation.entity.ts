import { typeIdTransformer } from '#persistence';
import { Tenant } from '#tenancy';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Policy } from './policy.entity.js';

/** An object of a tenant that violates a policy, as found by an audit of existing objects. */
@Entity('policy_violations')
@Index('policy_violations_tenant_idx', ['tenantId', 'policyId'])
export class PolicyViolation {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'policy_violations_pkey' })
  policyId!: string;

  @ManyToOne(() => Policy, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'policy_id', foreignKeyConstraintName: 'policy_violations_policy_id_fkey' })
  policy?: Policy;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @ManyToOne(() => Tenant, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'policy_violations_tenant_id_fkey' })
  tenant?: Tenant;

  /** `apiVersion/Kind/namespace/name` */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'policy_violations_pkey' })
  object!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'policy_violations_pkey' })
  message!: string;

  @Column({ type: 'timestamptz' })
  foundAt!: Date;
}
