import { typeIdTransformer } from '#persistence';
import { Tenant } from '#tenancy';
import { Check, Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { type LinkEnd, type LinkProblem, type LinkResolution } from './link-status.js';

const operationId = typeIdTransformer('op');

/** An expiring permission for a workload of one tenant to call a service of another. Ended links stay on record. */
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

  /** Explanation for humans. */
  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  /** The principal that consented for the side. */
  @Column({ type: 'text', nullable: true })
  providerConsentBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  providerConsentAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  consumerConsentBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  consumerConsentAt!: Date | null;

  /** Null if not resolved yet, or if a problem prevents the link. */
  @Column({ type: 'jsonb', nullable: true })
  resolution!: LinkResolution | null;

  @Column({ type: 'jsonb', nullable: true })
  problem!: LinkProblem | null;

  /** When the Service is resolved next. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  resolveAt!: Date;

  /** Number of consecutive attempts that found a problem. */
  @Column({ type: 'integer', default: 0 })
  failures!: number;

  /** Whether the link exports the Service to the proxies of the consumer. */
  @Column({ type: 'boolean', default: false })
  exported!: boolean;

  /** Raised whenever the content of the link changes, so that a pass with an older revision does not confirm it. */
  @Column({ type: 'integer', default: 1 })
  revision!: number;

  /** Whether the latest change of the side opened (true) or closed the link. */
  @Column({ type: 'boolean', default: false })
  providerTold!: boolean;

  @Column({ type: 'boolean', default: false })
  consumerTold!: boolean;

  /** When a pass of the side first confirmed its objects at this revision. */
  @Column({ type: 'timestamptz', nullable: true })
  providerInForceAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  consumerInForceAt!: Date | null;

  /** The latest operation of the side that opens or closes the link. */
  @Column({ type: 'uuid', nullable: true, transformer: operationId })
  providerOperationId!: string | null;

  @Column({ type: 'uuid', nullable: true, transformer: operationId })
  consumerOperationId!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  /** The principal that revoked it; `bulkhead` if Bulkhead ended it. */
  @Column({ type: 'text', nullable: true })
  endedBy!: string | null;

  @Column({ type: 'text', nullable: true })
  endReason!: LinkEnd | null;
}
