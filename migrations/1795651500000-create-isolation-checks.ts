import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateIsolationChecks1795651500000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE isolation_checks (
        id uuid CONSTRAINT isolation_checks_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT isolation_checks_tenant_id_fkey REFERENCES tenants (id),
        state text NOT NULL,
        trigger text NOT NULL,
        requested_by text NOT NULL,
        report jsonb,
        key_id text,
        jws text,
        error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz
      )`);
    await queryRunner.query(
      'CREATE INDEX isolation_checks_tenant_id_created_at_idx ON isolation_checks (tenant_id, created_at)',
    );
    await queryRunner.query(
      'CREATE INDEX isolation_checks_open_idx ON isolation_checks (created_at) WHERE finished_at IS NULL',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE isolation_checks');
  }
}
