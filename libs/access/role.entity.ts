import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A role that an administrator defined: a name for permissions that the code knows. */
@Entity('roles')
export class Role {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'roles_pkey' })
  name!: string;

  @Column({ type: 'text' })
  description!: string;

  @Column({ type: 'text', array: true })
  permissions!: string[];

  /** The principal that defined it, e.g. `key_01j…`. */
  @Column({ type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
