import { typeIdTransformer } from '#persistence';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { Tenant } from './tenant.entity.js';

/** One namespace of a tenant. Its name is reserved until `releasedAt`. */
@Entity('environments')
@Index('environments_namespace_key', ['namespace'], { unique: true, where: 'released_at IS NULL' })
export class Environment {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('tenant'),
    primaryKeyConstraintName: 'environments_pkey',
  })
  tenantId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'environments_pkey' })
  name!: string;

  @ManyToOne(() => Tenant, (tenant) => tenant.environments)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'environments_tenant_id_fkey' })
  tenant?: Relation<Tenant>;

  @Column({ type: 'text' })
  namespace!: string;

  /** Position in the order of the request. */
  @Column({ type: 'integer' })
  position!: number;

  @Column({ type: 'timestamptz', nullable: true })
  releasedAt!: Date | null;
}
