import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateHosts1795651860000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hosts (
        host text CONSTRAINT hosts_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT hosts_tenant_id_fkey REFERENCES tenants (id),
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query('CREATE INDEX hosts_tenant_id_idx ON hosts (tenant_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE hosts');
  }
}
