import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** Which tenants: those for whom all that is named is so. */
export interface TenantSelector {
  plan?: string | undefined;
  labels?: Record<string, string> | undefined;
  /** Ids. */
  tenants?: string[] | undefined;
  /** Whoever runs one of these when the preview looks. */
  images?: string[] | undefined;
}

/** An emergency: many tenants quarantined at once, and let go at once. */
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

  /** For people. */
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
