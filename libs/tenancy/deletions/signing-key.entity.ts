import { type PublicJwk } from '#certificates';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The public half of a signing key. Kept forever to verify old certificates. */
@Entity('signing_keys')
export class SigningKeyRecord {
  /** RFC 7638 thumbprint. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'signing_keys_pkey' })
  id!: string;

  @Column({ type: 'jsonb' })
  publicJwk!: PublicJwk;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
