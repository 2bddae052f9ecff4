import { typeIdTransformer } from '#persistence';
import { type RouteRule, type TenantRoute } from '#plans';
import { Environment } from '#tenancy';
import { Column, CreateDateColumn, Entity, JoinColumn, ManyToOne, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** Routes requests for hosts of a tenant to services in one of its environments. */
@Entity('routes')
export class Route implements TenantRoute {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('tenant'), primaryKeyConstraintName: 'routes_pkey' })
  tenantId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'routes_pkey' })
  name!: string;

  @Column({ type: 'text' })
  environment!: string;

  @ManyToOne(() => Environment)
  @JoinColumn([
    { name: 'tenant_id', referencedColumnName: 'tenantId', foreignKeyConstraintName: 'routes_environment_fkey' },
    { name: 'environment', referencedColumnName: 'name', foreignKeyConstraintName: 'routes_environment_fkey' },
  ])
  place?: Environment;

  /** Sorted by name. */
  @Column({ type: 'jsonb' })
  hosts!: string[];

  /** With the current weights; a shift changes them step by step. */
  @Column({ type: 'jsonb' })
  rules!: RouteRule[];

  @Column({ type: 'text', nullable: true })
  tlsSecret!: string | null;

  @Column({ type: 'integer', default: 1 })
  revision!: number;

  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
