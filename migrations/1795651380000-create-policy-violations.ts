import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreatePolicyViolations1795651380000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE policy_violations (
        policy_id text NOT NULL CONSTRAINT policy_violations_policy_id_fkey REFERENCES policies (id) ON DELETE CASCADE,
        tenant_id uuid NOT NULL CONSTRAINT policy_violations_tenant_id_fkey REFERENCES tenants (id) ON DELETE CASCADE,
        object text NOT NULL,
        message text NOT NULL,
        found_at timestamptz NOT NULL,
        CONSTRAINT policy_violations_pkey PRIMARY KEY (policy_id, object, message)
      )`);
    await queryRunner.query('CREATE INDEX policy_violations_tenant_idx ON policy_violations (tenant_id, policy_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE policy_violations');
  }
}
