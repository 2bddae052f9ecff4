import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class PermissionsThatFit1795777680000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE roles (
        name text CONSTRAINT roles_pkey PRIMARY KEY,
        description text NOT NULL,
        permissions text[] NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`
      ALTER TABLE api_keys
        ALTER COLUMN role DROP NOT NULL,
        ADD COLUMN permissions text[],
        ADD COLUMN tenant_id uuid,
        ADD COLUMN allowed_cidrs text[] NOT NULL DEFAULT '{}',
        ADD COLUMN previous_secret_hash text,
        ADD COLUMN previous_valid_until timestamptz,
        ADD COLUMN created_by text,
        ADD COLUMN rotated_at timestamptz,
        ADD COLUMN revoked_by text,
        ADD CONSTRAINT api_keys_grant_check CHECK (num_nonnulls(role, permissions) = 1)`);
    await queryRunner.query('CREATE INDEX api_keys_tenant_id_idx ON api_keys (tenant_id) WHERE tenant_id IS NOT NULL');
    await queryRunner.query('CREATE INDEX api_keys_role_idx ON api_keys (role) WHERE role IS NOT NULL');
    // Callers that see only what they created are found by this column.
    await queryRunner.query('ALTER TABLE tenants ADD COLUMN created_by text');
    await queryRunner.query(`
      UPDATE tenants t SET created_by = o.requested_by
      FROM (SELECT DISTINCT ON (tenant_id) tenant_id, requested_by FROM operations WHERE kind = 'create'
            ORDER BY tenant_id, id) o
      WHERE o.tenant_id = t.id`);
    await queryRunner.query('CREATE INDEX tenants_created_by_idx ON tenants (created_by, id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenants DROP COLUMN created_by');
    // What an older version does not know it must not let in: its keys have a role, every tenant and every address.
    await queryRunner.query(`
      DELETE FROM api_keys WHERE role IS NULL OR tenant_id IS NOT NULL OR allowed_cidrs <> '{}'
        OR role NOT IN ('platform-admin', 'operator', 'billing', 'signup', 'auditor')`);
    await queryRunner.query(`
      ALTER TABLE api_keys
        DROP CONSTRAINT api_keys_grant_check,
        DROP COLUMN permissions,
        DROP COLUMN tenant_id,
        DROP COLUMN allowed_cidrs,
        DROP COLUMN previous_secret_hash,
        DROP COLUMN previous_valid_until,
        DROP COLUMN created_by,
        DROP COLUMN rotated_at,
        DROP COLUMN revoked_by,
        ALTER COLUMN role SET NOT NULL`);
    await queryRunner.query('DROP TABLE roles');
  }
}
