import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateEmergencyRules1795779000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE emergency_rules (
        id uuid CONSTRAINT emergency_rules_pkey PRIMARY KEY,
        direction text NOT NULL,
        cidrs text[] NOT NULL,
        except_cidrs text[] NOT NULL,
        ports jsonb NOT NULL,
        plan_id text,
        labels jsonb,
        tenant_ids uuid[],
        reason text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        ended_at timestamptz,
        lifted_by text,
        settled_at timestamptz
      )`);
    // Every pass over a tenant reads those in force.
    await queryRunner.query('CREATE INDEX emergency_rules_standing_idx ON emergency_rules (id) WHERE ended_at IS NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE emergency_rules');
  }
}
