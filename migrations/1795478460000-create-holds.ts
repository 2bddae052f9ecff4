import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateHolds1795478460000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE holds (
        id uuid CONSTRAINT holds_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT holds_tenant_id_fkey REFERENCES tenants (id),
        source text NOT NULL,
        effect text NOT NULL,
        reason text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        lifted_by text,
        lifted_at timestamptz
      )`);
    // One source has one reason at a time for one effect; lifting it lifts nobody else's.
    await queryRunner.query(
      'CREATE UNIQUE INDEX holds_active_key ON holds (tenant_id, source, effect) WHERE lifted_at IS NULL',
    );
    await queryRunner.query('CREATE INDEX holds_tenant_id_idx ON holds (tenant_id, id)');
    await queryRunner.query(`
      CREATE TABLE suspended_workloads (
        tenant_id uuid NOT NULL CONSTRAINT suspended_workloads_tenant_id_fkey REFERENCES tenants (id),
        uid text NOT NULL,
        api_version text NOT NULL,
        kind text NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        resource_version text NOT NULL,
        restore jsonb NOT NULL,
        suspended_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT suspended_workloads_pkey PRIMARY KEY (tenant_id, uid)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE suspended_workloads');
    await queryRunner.query('DROP TABLE holds');
  }
}
