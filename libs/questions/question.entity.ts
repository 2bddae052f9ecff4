import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export const questionKinds = ['tenant', 'network-rule', 'plan', 'images', 'policy'] as const;

export type QuestionKind = (typeof questionKinds)[number];
type QuestionState = 'pending' | 'running' | 'succeeded' | 'failed';

/** A question to the workers, which alone can reach a cluster, and its answer. Deleted after a day. */
@Entity('previews')
@Index('previews_created_at_idx', ['createdAt'])
@Index('previews_token_idx', ['token'])
export class Question {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('preview'),
    primaryKeyConstraintName: 'previews_pkey',
  })
  id!: string;

  @Column({ type: 'text' })
  kind!: QuestionKind;

  /** The id of the tenant, plan or policy; empty for images. */
  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'jsonb' })
  request!: object;

  @Column({ type: 'text' })
  requestedBy!: string;

  @Column({ type: 'text' })
  state!: QuestionState;

  @Column({ type: 'jsonb', nullable: true })
  result!: object | null;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  /** Names a previewed change of a tenant; null for other questions. */
  @Column({ type: 'text', nullable: true })
  token!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  /** When another worker can answer the question instead; null until a worker began. */
  @Column({ type: 'timestamptz', nullable: true })
  claimedUntil!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
