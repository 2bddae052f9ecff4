import { type PlanSpec, readPlanSpec } from '#plans';
import { Column, CreateDateColumn, Entity, JoinColumn, ManyToOne, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A plan that tenants buy. Its content is in numbered versions. */
@Entity('plans')
export class Plan {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'plans_pkey' })
  id!: string;

  @Column({ type: 'text' })
  displayName!: string;

  @Column({ type: 'text' })
  description!: string;

  @Column({ type: 'integer' })
  latestVersion!: number;

  /** Since when no further tenant can get the plan; null: every tenant can. */
  @Column({ type: 'timestamptz', nullable: true })
  retiredAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}

/** One version of a plan. Immutable, which the database enforces too. */
@Entity('plan_versions')
export class PlanVersion {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'plan_versions_pkey' })
  planId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'plan_versions_pkey' })
  version!: number;

  @ManyToOne(() => Plan)
  @JoinColumn({ name: 'plan_id', foreignKeyConstraintName: 'plan_versions_plan_id_fkey' })
  plan?: Plan;

  @Column({
    type: 'jsonb',
    transformer: { to: (spec: unknown) => spec, from: (spec) => readPlanSpec(JSON.stringify(spec)) },
  })
  spec!: PlanSpec;

  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
