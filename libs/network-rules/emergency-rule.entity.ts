import { type NetworkRule, type RulePort } from '#isolation';
import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A rule of the platform that denies traffic of many tenants. It applies to the tenants that match while it is in force, also
 * to those that are created later.
 */
@Entity('emergency_rules')
@Index('emergency_rules_standing_idx', ['id'], { where: 'ended_at IS NULL' })
export class EmergencyRule {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('rule'),
    primaryKeyConstraintName: 'emergency_rules_pkey',
  })
  id!: string;

  @Column({ type: 'text' })
  direction!: NetworkRule['direction'];

  @Column({ type: 'text', array: true })
  cidrs!: string[];

  @Column({ type: 'text', array: true, name: 'except_cidrs' })
  except!: string[];

  @Column({ type: 'jsonb' })
  ports!: RulePort[];

  /** Tenants of this plan; null: of any. */
  @Column({ type: 'text', nullable: true })
  planId!: string | null;

  /** Tenants with all of these labels; null: with any. */
  @Column({ type: 'jsonb', nullable: true })
  labels!: Record<string, string> | null;

  /** These tenants, as uuids; null: any. */
  @Column({ type: 'uuid', array: true, nullable: true })
  tenantIds!: string[] | null;

  /** Explanation for humans, which the tenants see. */
  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** When it was lifted, or its tenants were changed because it had expired; null: it is in force. */
  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  /** The principal that lifted it; null: nobody, so far. */
  @Column({ type: 'text', nullable: true })
  liftedBy!: string | null;

  /** When tenants were changed again that were being created while it was made; null: not yet. */
  @Column({ type: 'timestamptz', nullable: true })
  settledAt!: Date | null;
}
