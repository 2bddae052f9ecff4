import { type TenantMember } from '#isolation';
import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from '../tenants/tenant.entity.js';

/** An invitation to a tenant, which ends when it is accepted, withdrawn or expired. */
@Entity('invitations')
@Index('invitations_tenant_id_email_key', ['tenantId', 'email'], { unique: true })
@Index('invitations_email_idx', ['email'])
export class Invitation {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('invitation'),
    primaryKeyConstraintName: 'invitations_pkey',
  })
  id!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'invitations_tenant_id_fkey' })
  tenant?: Tenant;

  /** In lower case. */
  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'text' })
  role!: TenantMember['role'];

  /** The principal that invited, e.g. `oidc:people:alice`. */
  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;
}
