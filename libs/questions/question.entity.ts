import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export type PreviewState = 'pending' | 'running' | 'succeeded' | 'failed';

/** A question to the worker, which alone can ask a cluster, and its answer. Gone after a day. */
@Entity('previews')
@Index('previews_created_at_idx', ['createdAt'])
@Index('previews_token_idx', ['token'])
export class Preview {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('preview'),
    primaryKeyConstraintName: 'previews_pkey',
  })
  id!: string;

  @Column({ type: 'text' })
  kind!: 'tenant' | 'plan' | 'images' | 'policy';

  /** The id of the tenant, plan or policy; empty for images. */
  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'jsonb' })
  request!: object;

  @Column({ type: 'text' })
  requestedBy!: string;

  @Column({ type: 'text' })
  state!: PreviewState;

  @Column({ type: 'jsonb', nullable: true })
  result!: object | null;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'text', nullable: true })
  token!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
