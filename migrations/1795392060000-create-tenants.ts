import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateTenants1795392060000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE clusters (
        id uuid PRIMARY KEY,
        name text NOT NULL CONSTRAINT clusters_name_key UNIQUE,
        facts jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`INSERT INTO clusters (id, name) VALUES (gen_random_uuid(), 'default')`);
    await queryRunner.query(`
      CREATE TABLE tenants (
        id uuid PRIMARY KEY,
        slug text NOT NULL,
        external_id text,
        display_name text NOT NULL,
        plan_id text NOT NULL,
        plan_version integer NOT NULL,
        cluster_id uuid NOT NULL CONSTRAINT tenants_cluster_id_fkey REFERENCES clusters (id),
        members jsonb NOT NULL,
        labels jsonb NOT NULL,
        phase text NOT NULL,
        generation integer NOT NULL,
        observed_generation integer NOT NULL DEFAULT 0,
        revision integer NOT NULL DEFAULT 1,
        conditions jsonb NOT NULL DEFAULT '[]',
        failure_count integer NOT NULL DEFAULT 0,
        next_reconcile_at timestamptz,
        lease_owner text,
        lease_until timestamptz,
        lease_epoch bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        deletion_requested_at timestamptz,
        deleted_at timestamptz,
        CONSTRAINT tenants_plan_version_fkey FOREIGN KEY (plan_id, plan_version) REFERENCES plan_versions (plan_id, version)
      )`);
    // A slug and an external id may be used again once the tenant that had them is gone.
    await queryRunner.query('CREATE UNIQUE INDEX tenants_slug_key ON tenants (slug) WHERE deleted_at IS NULL');
    await queryRunner.query(
      'CREATE UNIQUE INDEX tenants_external_id_key ON tenants (external_id) WHERE deleted_at IS NULL',
    );
    await queryRunner.query(
      'CREATE INDEX tenants_next_reconcile_at_idx ON tenants (next_reconcile_at) WHERE deleted_at IS NULL',
    );
    await queryRunner.query('CREATE INDEX tenants_plan_idx ON tenants (plan_id, plan_version)');
    await queryRunner.query(`
      CREATE TABLE environments (
        tenant_id uuid NOT NULL CONSTRAINT environments_tenant_id_fkey REFERENCES tenants (id),
        name text NOT NULL,
        namespace text NOT NULL,
        position integer NOT NULL,
        released_at timestamptz,
        CONSTRAINT environments_pkey PRIMARY KEY (tenant_id, name)
      )`);
    await queryRunner.query(
      'CREATE UNIQUE INDEX environments_namespace_key ON environments (namespace) WHERE released_at IS NULL',
    );
    await queryRunner.query(`
      CREATE TABLE tenant_objects (
        tenant_id uuid NOT NULL CONSTRAINT tenant_objects_tenant_id_fkey REFERENCES tenants (id),
        api_version text NOT NULL,
        kind text NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        uid text NOT NULL,
        rendered_hash text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT tenant_objects_pkey PRIMARY KEY (tenant_id, api_version, kind, namespace, name)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['tenant_objects', 'environments', 'tenants', 'clusters']) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}
