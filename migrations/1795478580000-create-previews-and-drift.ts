import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreatePreviewsAndDrift1795478580000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenants ADD COLUMN observed_at timestamptz');
    await queryRunner.query(`
      CREATE TABLE tenant_drift (
        id uuid NOT NULL CONSTRAINT tenant_drift_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT tenant_drift_tenant_id_fkey REFERENCES tenants (id),
        object text NOT NULL,
        kind text NOT NULL,
        fields jsonb NOT NULL,
        detected_at timestamptz NOT NULL,
        healed_at timestamptz
      )`);
    // An object that is not as it should be is so once, however many passes see it.
    await queryRunner.query(
      'CREATE UNIQUE INDEX tenant_drift_open_key ON tenant_drift (tenant_id, object) WHERE healed_at IS NULL',
    );
    await queryRunner.query('CREATE INDEX tenant_drift_tenant_id_idx ON tenant_drift (tenant_id, detected_at)');
    await queryRunner.query(`
      CREATE TABLE previews (
        id uuid NOT NULL CONSTRAINT previews_pkey PRIMARY KEY,
        kind text NOT NULL,
        subject text NOT NULL,
        request jsonb NOT NULL,
        requested_by text NOT NULL,
        state text NOT NULL,
        result jsonb,
        error text,
        token text,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    await queryRunner.query('CREATE INDEX previews_created_at_idx ON previews (created_at)');
    await queryRunner.query('CREATE INDEX previews_token_idx ON previews (token)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE previews');
    await queryRunner.query('DROP TABLE tenant_drift');
    await queryRunner.query('ALTER TABLE tenants DROP COLUMN observed_at');
  }
}
