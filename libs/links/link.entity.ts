import { typeIdTransformer } from '#persistence';
import { Tenant } from '#tenancy';
import { Check, Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { type LinkEnd, type LinkProblem, type LinkResolution } from './link-status.js';

const operationId = typeIdTransformer('op');

/** An explicit, expiring way from a workload of one tenant to a service of another. It stays on record when it ends. */
@Entity('links')
@Index('links_open_provider_idx', ['providerTenantId'], { where: 'ended_at IS NULL' })
@Index('links_open_consumer_idx', ['consumerTenantId'], { where: 'ended_at IS NULL' })
@Index('links_to_withdraw_idx', ['id'], { where: 'exported AND ended_at IS NOT NULL' })
@Index('links_provider_idx', ['providerTenantId', 'id'])
@Index('links_consumer_idx', ['consumerTenantId', 'id'])
@Check('links_join_two_check', 'provider_tenant_id <> consumer_tenant_id')
export class Link {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('link'), primaryKeyConstraintName: 'links_pkey' })
  id!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  providerTenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'provider_tenant_id', foreignKeyConstraintName: 'links_provider_tenant_id_fkey' })
  provider?: Tenant;

  @Column({ type: 'text' })
  providerEnvironment!: string;

  @Column({ type: 'text' })
  service!: string;

  /** TCP ports of the Service, in ascending order. */
  @Column({ type: 'integer', array: true })
  ports!: number[];

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  consumerTenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'consumer_tenant_id', foreignKeyConstraintName: 'links_consumer_tenant_id_fkey' })
  consumer?: Tenant;

  @Column({ type: 'text' })
  consumerEnvironment!: string;

  @Column({ type: 'text' })
  serviceAccount!: string;

  /** For people. */
  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  /** The principal who consented for the side. */
  @Column({ type: 'text', nullable: true })
  providerConsentBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  providerConsentAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  consumerConsentBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  consumerConsentAt!: Date | null;

  /** Null: nobody has looked yet, or it cannot stand. */
  @Column({ type: 'jsonb', nullable: true })
  resolution!: LinkResolution | null;

  @Column({ type: 'jsonb', nullable: true })
  problem!: LinkProblem | null;

  /** When the Service is to be looked at again. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  resolveAt!: Date;

  /** Looks in a row that found a problem. */
  @Column({ type: 'integer', default: 0 })
  failures!: number;

  /** Whether the Service may tell the consumer's proxies of itself because of the link. */
  @Column({ type: 'boolean', default: false })
  exported!: boolean;

  /** Raised whenever the link opens otherwise than before, so that a pass that knew less says nothing about it. */
  @Column({ type: 'integer', default: 1 })
  revision!: number;

  /** Whether the side was last changed to have the link, or to have it no longer. */
  @Column({ type: 'boolean', default: false })
  providerTold!: boolean;

  @Column({ type: 'boolean', default: false })
  consumerTold!: boolean;

  /** When a pass of the side first made sure of its objects in this revision. */
  @Column({ type: 'timestamptz', nullable: true })
  providerInForceAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  consumerInForceAt!: Date | null;

  /** The last operation of the side that opens or closes the link. */
  @Column({ type: 'uuid', nullable: true, transformer: operationId })
  providerOperationId!: string | null;

  @Column({ type: 'uuid', nullable: true, transformer: operationId })
  consumerOperationId!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  /** The principal who revoked it; `bulkhead`: it ended by itself. */
  @Column({ type: 'text', nullable: true })
  endedBy!: string | null;

  @Column({ type: 'text', nullable: true })
  endReason!: LinkEnd | null;
}
