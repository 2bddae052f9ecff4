import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateRoutes1795738200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE routes (
        tenant_id uuid NOT NULL,
        name text NOT NULL,
        environment text NOT NULL,
        hosts jsonb NOT NULL,
        rules jsonb NOT NULL,
        tls_secret text,
        revision integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT routes_pkey PRIMARY KEY (tenant_id, name),
        CONSTRAINT routes_environment_fkey FOREIGN KEY (tenant_id, environment) REFERENCES environments (tenant_id, name)
      )`);
    await queryRunner.query(`
      CREATE TABLE route_shifts (
        id uuid CONSTRAINT route_shifts_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL,
        route text NOT NULL,
        from_service text NOT NULL,
        to_service text NOT NULL,
        to_port integer,
        steps jsonb NOT NULL,
        state text NOT NULL,
        reason jsonb,
        step integer NOT NULL,
        step_generation integer,
        operation_id uuid,
        settled_at timestamptz,
        original_rules jsonb NOT NULL,
        requested_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        CONSTRAINT route_shifts_route_fkey FOREIGN KEY (tenant_id, route) REFERENCES routes (tenant_id, name) ON DELETE CASCADE
      )`);
    await queryRunner.query('CREATE INDEX route_shifts_route_idx ON route_shifts (tenant_id, route, id)');
    await queryRunner.query(
      'CREATE UNIQUE INDEX route_shifts_active_key ON route_shifts (tenant_id, route) WHERE finished_at IS NULL',
    );
    await queryRunner.query('CREATE INDEX route_shifts_driven_idx ON route_shifts (id) WHERE finished_at IS NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE route_shifts');
    await queryRunner.query('DROP TABLE routes');
  }
}
