import { type DeletionStatement } from '#certificates';
import { typeIdTransformer } from '#persistence';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { Tenant } from '../tenants/tenant.entity.js';
import { SigningKeyRecord } from './signing-key.entity.js';

/** The proof that a tenant was deleted. Unsigned until a worker has a signing key. */
@Entity('deletion_certificates')
@Check('deletion_certificates_signed_check', '(key_id IS NULL) = (jws IS NULL)')
@Index('deletion_certificates_unsigned_idx', ['tenantId'], { where: 'jws IS NULL' })
export class DeletionCertificateRecord {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('tenant'),
    primaryKeyConstraintName: 'deletion_certificates_pkey',
  })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'deletion_certificates_tenant_id_fkey' })
  tenant?: Tenant;

  @Column({ type: 'jsonb' })
  statement!: DeletionStatement;

  @Column({ type: 'text', nullable: true })
  keyId!: string | null;

  @ManyToOne(() => SigningKeyRecord)
  @JoinColumn({ name: 'key_id', foreignKeyConstraintName: 'deletion_certificates_key_id_fkey' })
  key?: SigningKeyRecord;

  @Column({ type: 'text', nullable: true })
  jws!: string | null;
}
