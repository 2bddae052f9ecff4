import { typeIdTransformer } from '#persistence';
import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** A Kubernetes cluster that tenants are placed on. */
@Entity('clusters')
@Unique('clusters_name_key', ['name'])
export class Cluster {
  @PrimaryColumn({ type: 'uuid', transformer: typeIdTransformer('cluster'), primaryKeyConstraintName: 'clusters_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** What rendering must know of the cluster; null until a worker has reached it for the first time. */
  @Column({ type: 'jsonb', nullable: true })
  facts!: object | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
