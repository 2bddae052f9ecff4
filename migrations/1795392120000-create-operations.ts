import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateOperations1795392120000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE operations (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT operations_tenant_id_fkey REFERENCES tenants (id),
        kind text NOT NULL,
        state text NOT NULL,
        generation integer NOT NULL,
        steps jsonb NOT NULL DEFAULT '[]',
        error jsonb,
        requested_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    // One change of a tenant is in progress at most: a newer one supersedes it.
    await queryRunner.query(
      `CREATE UNIQUE INDEX operations_unfinished_key ON operations (tenant_id) WHERE finished_at IS NULL`,
    );
    await queryRunner.query('CREATE INDEX operations_tenant_id_idx ON operations (tenant_id, id)');
    await queryRunner.query(`
      CREATE TABLE idempotency_keys (
        principal text NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        request_hash text NOT NULL,
        status integer,
        headers jsonb,
        body jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, route, key)
      )`);
    await queryRunner.query('CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE idempotency_keys');
    await queryRunner.query('DROP TABLE operations');
  }
}
