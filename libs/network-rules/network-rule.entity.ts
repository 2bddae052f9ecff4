import { type NetworkRule, type RulePort } from '#isolation';
import { typeIdTransformer } from '#persistence';
import { Tenant } from '#tenancy';
import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';

/** On whose behalf a rule was set: only the platform can change a rule of the platform. */
export const ruleOwners = ['platform', 'tenant'] as const;
export type RuleOwner = (typeof ruleOwners)[number];

/** A network rule of a tenant. Expired ones stay on record until they are deleted. */
@Entity('network_rules')
@Index('network_rules_tenant_id_idx', ['tenantId', 'id'])
@Index('network_rules_expires_at_idx', ['expiresAt'], { where: 'expired_at IS NULL' })
export class StoredNetworkRule implements NetworkRule {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('rule'),
    primaryKeyConstraintName: 'network_rules_pkey',
  })
  id!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'network_rules_tenant_id_fkey' })
  tenant?: Tenant;

  @Column({ type: 'text' })
  direction!: NetworkRule['direction'];

  @Column({ type: 'text' })
  action!: NetworkRule['action'];

  @Column({ type: 'text', array: true })
  cidrs!: string[];

  @Column({ type: 'text', array: true })
  hosts!: string[];

  @Column({ type: 'text', array: true, name: 'except_cidrs' })
  except!: string[];

  @Column({ type: 'jsonb' })
  ports!: RulePort[];

  /** Null: all. */
  @Column({ type: 'text', array: true, nullable: true })
  environments!: string[] | null;

  @Column({ type: 'jsonb' })
  podLabels!: Record<string, string>;

  @Column({ type: 'boolean' })
  beyondPlan!: boolean;

  @Column({ type: 'text' })
  owner!: RuleOwner;

  /** Explanation for humans. */
  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** When the tenant was changed because the rule had expired. */
  @Column({ type: 'timestamptz', nullable: true })
  expiredAt!: Date | null;

  /** The generation of the tenant with the latest change of the rule. */
  @Column({ type: 'integer' })
  generation!: number;

  @Column({ type: 'integer', default: 1 })
  revision!: number;

  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
