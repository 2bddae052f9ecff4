import { typeIdTransformer } from '#persistence';
import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** A machine credential. Only hashes of its secrets are stored. */
@Entity('api_keys')
@Index('api_keys_tenant_id_idx', ['tenantId'], { where: 'tenant_id IS NOT NULL' })
@Index('api_keys_role_idx', ['role'], { where: 'role IS NOT NULL' })
@Check('api_keys_grant_check', 'num_nonnulls(role, permissions) = 1')
export class ApiKey {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('key'), primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Name of a role; null: the key has permissions of its own. */
  @Column({ type: 'text', nullable: true })
  role!: string | null;

  /** Null: those of its role. */
  @Column({ type: 'text', array: true, nullable: true })
  permissions!: string[] | null;

  /** The only tenant that it reaches; null: not bound to one. */
  @Column({ type: 'uuid', nullable: true, transformer: typeIdTransformer('tenant') })
  tenantId!: string | null;

  /** Ranges of addresses from which it can be used; empty: any. */
  @Column({ type: 'text', array: true, default: [] })
  allowedCidrs!: string[];

  @Column({ type: 'text' })
  secretHash!: string;

  /** Hash of the secret before the last rotation, which is valid until `previousValidUntil`. */
  @Column({ type: 'text', nullable: true })
  previousSecretHash!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  previousValidUntil!: Date | null;

  /** The principal that created it; null: a command. */
  @Column({ type: 'text', nullable: true })
  createdBy!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  rotatedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  /** The principal that revoked it; null: it was not revoked, or by a command. */
  @Column({ type: 'text', nullable: true })
  revokedBy!: string | null;

  /** Written at most once a minute. */
  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;
}
