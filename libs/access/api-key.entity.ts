import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

import { type Role } from './permission.js';

/** A machine credential. Only a hash of its secret is stored. */
@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('key'), primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  role!: Role;

  @Column({ type: 'text' })
  secretHash!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  /** Written at most once a minute. */
  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;
}
