import { typeIdTransformer } from '#persistence';
import { Tenant } from '#tenancy';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

/** A host name that belongs to one tenant, platform-wide, including all its subdomains. */
@Entity('hosts')
@Index('hosts_tenant_id_idx', ['tenantId'])
export class Host {
  /** In lower case without a trailing dot, such as `shop.acme.example`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'hosts_pkey' })
  host!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'hosts_tenant_id_fkey' })
  tenant?: Relation<Tenant>;

  @Column({ type: 'text' })
  createdBy!: string;

  /**
   * The generation of the tenant with which it was removed; null: it is the tenant’s. Until the cluster matches that
   * generation, nobody else can have it: objects of the tenant may still name it.
   */
  @Column({ type: 'integer', nullable: true })
  removedIn!: number | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
