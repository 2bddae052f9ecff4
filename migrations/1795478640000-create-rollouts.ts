import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateRollouts1795478640000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE rollouts (
        id uuid PRIMARY KEY,
        plan_id text NOT NULL,
        to_version integer NOT NULL,
        from_versions jsonb,
        canary jsonb NOT NULL,
        batch_size integer,
        max_concurrent integer NOT NULL,
        max_failures integer NOT NULL,
        pause_after_canary boolean NOT NULL,
        state text NOT NULL,
        direction text NOT NULL,
        reason jsonb,
        counts jsonb NOT NULL,
        tolerated_failures integer NOT NULL DEFAULT 0,
        watched boolean NOT NULL,
        requested_by text NOT NULL,
        rolled_back_by text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        CONSTRAINT rollouts_plan_version_fkey FOREIGN KEY (plan_id, to_version) REFERENCES plan_versions (plan_id, version)
      )`);
    await queryRunner.query('CREATE UNIQUE INDEX rollouts_active_key ON rollouts (plan_id) WHERE finished_at IS NULL');
    await queryRunner.query('CREATE INDEX rollouts_plan_idx ON rollouts (plan_id, id)');
    await queryRunner.query('CREATE INDEX rollouts_watched_idx ON rollouts (id) WHERE watched');
    await queryRunner.query(`
      CREATE TABLE rollout_tenants (
        rollout_id uuid NOT NULL CONSTRAINT rollout_tenants_rollout_id_fkey REFERENCES rollouts (id),
        tenant_id uuid NOT NULL CONSTRAINT rollout_tenants_tenant_id_fkey REFERENCES tenants (id),
        position integer NOT NULL,
        wave integer NOT NULL,
        canary boolean NOT NULL,
        previous_version integer NOT NULL,
        direction text NOT NULL,
        state text NOT NULL,
        operation_id uuid CONSTRAINT rollout_tenants_operation_id_fkey REFERENCES operations (id),
        error jsonb,
        started_at timestamptz,
        finished_at timestamptz,
        CONSTRAINT rollout_tenants_pkey PRIMARY KEY (rollout_id, tenant_id)
      )`);
    await queryRunner.query(
      'CREATE UNIQUE INDEX rollout_tenants_position_key ON rollout_tenants (rollout_id, position)',
    );
    await queryRunner.query('CREATE INDEX rollout_tenants_state_idx ON rollout_tenants (rollout_id, state, wave)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE rollout_tenants');
    await queryRunner.query('DROP TABLE rollouts');
  }
}
