import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class ScheduleDeletions1795478700000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE tenants
        ADD COLUMN deletion_scheduled_at timestamptz,
        ADD COLUMN deletion_scheduled_by text,
        ADD COLUMN deletes_at timestamptz`);
    await queryRunner.query(
      'CREATE INDEX tenants_deletes_at_idx ON tenants (deletes_at) WHERE deletion_requested_at IS NULL',
    );
    await queryRunner.query(`
      CREATE TABLE signing_keys (
        id text CONSTRAINT signing_keys_pkey PRIMARY KEY,
        public_jwk jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`
      CREATE TABLE deletion_certificates (
        tenant_id uuid NOT NULL CONSTRAINT deletion_certificates_tenant_id_fkey REFERENCES tenants (id),
        statement jsonb NOT NULL,
        key_id text CONSTRAINT deletion_certificates_key_id_fkey REFERENCES signing_keys (id),
        jws text,
        CONSTRAINT deletion_certificates_pkey PRIMARY KEY (tenant_id),
        CONSTRAINT deletion_certificates_signed_check CHECK ((key_id IS NULL) = (jws IS NULL))
      )`);
    // What a worker without a key left unsigned, for the first one that has a key.
    await queryRunner.query(
      'CREATE INDEX deletion_certificates_unsigned_idx ON deletion_certificates (tenant_id) WHERE jws IS NULL',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE deletion_certificates');
    await queryRunner.query('DROP TABLE signing_keys');
    await queryRunner.query(`
      ALTER TABLE tenants
        DROP COLUMN deletion_scheduled_at, DROP COLUMN deletion_scheduled_by, DROP COLUMN deletes_at`);
  }
}
