import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreatePolicies1795651260000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE policies (
        id text PRIMARY KEY,
        description text NOT NULL,
        slot smallint NOT NULL,
        version integer NOT NULL,
        observed_version integer NOT NULL DEFAULT 0,
        state text NOT NULL,
        message text,
        in_force_at timestamptz,
        next_check_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query('CREATE UNIQUE INDEX policies_slot_key ON policies (slot)');
    await queryRunner.query('CREATE INDEX policies_due_idx ON policies (next_check_at)');
    await queryRunner.query(`
      CREATE TABLE policy_versions (
        policy_id text NOT NULL CONSTRAINT policy_versions_policy_id_fkey REFERENCES policies (id) ON DELETE CASCADE,
        version integer NOT NULL,
        spec jsonb NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT policy_versions_pkey PRIMARY KEY (policy_id, version)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE policy_versions');
    await queryRunner.query('DROP TABLE policies');
  }
}
