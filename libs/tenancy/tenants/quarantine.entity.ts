import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** Selects the tenants that match every given criterion. */
export interface TenantSelector {
  plan?: string | undefined;
  labels?: Record<string, string> | undefined;
  /** Ids. */
  tenants?: string[] | undefined;
  /** Tenants that run one of these images at the time of the preview. */
  images?: string[] | undefined;
}

/** Quarantine holds placed on many tenants at once and lifted together. */
@Entity('quarantines')
export class Quarantine {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('quarantine'),
    primaryKeyConstraintName: 'quarantines_pkey',
  })
  id!: string;

  @Column({ type: 'jsonb' })
  selector!: TenantSelector;

  /** Explanation for humans. */
  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'text', nullable: true })
  liftedBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  liftedAt!: Date | null;
}
