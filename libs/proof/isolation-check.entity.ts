import { typeIdTransformer } from '#persistence';
import { Tenant } from '#tenancy';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

export const isolationCheckStates = ['pending', 'running', 'succeeded', 'failed'] as const;

/** An isolation check of a tenant and its report. */
@Entity('isolation_checks')
@Index('isolation_checks_tenant_id_created_at_idx', ['tenantId', 'createdAt'])
@Index('isolation_checks_open_idx', ['createdAt'], { where: 'finished_at IS NULL' })
export class IsolationCheck {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('check'),
    primaryKeyConstraintName: 'isolation_checks_pkey',
  })
  id!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'isolation_checks_tenant_id_fkey' })
  tenant?: Tenant;

  /** `succeeded` means that there is a report, even if checks in it failed. */
  @Column({ type: 'text' })
  state!: (typeof isolationCheckStates)[number];

  /** Whether a caller or the schedule of the plan started it. */
  @Column({ type: 'text' })
  trigger!: 'request' | 'schedule';

  @Column({ type: 'text' })
  requestedBy!: string;

  /** An `IsolationReport`, exactly as signed. */
  @Column({ type: 'jsonb', nullable: true })
  report!: object | null;

  /** Id of the signing key; null if the worker had none. */
  @Column({ type: 'text', nullable: true })
  keyId!: string | null;

  @Column({ type: 'text', nullable: true })
  jws!: string | null;

  /** Why there is no report; otherwise null. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
