import { type MigrationInterface, type QueryRunner } from 'typeorm';

const limits = JSON.stringify({ max: 10, maxDays: 90 });

/** Ways between tenants. Plan versions from before get the limits that a plan has which states none. */
export class CreateLinks1795738380000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE links (
        id uuid CONSTRAINT links_pkey PRIMARY KEY,
        provider_tenant_id uuid NOT NULL CONSTRAINT links_provider_tenant_id_fkey REFERENCES tenants (id),
        provider_environment text NOT NULL,
        service text NOT NULL,
        ports integer[] NOT NULL,
        consumer_tenant_id uuid NOT NULL CONSTRAINT links_consumer_tenant_id_fkey REFERENCES tenants (id),
        consumer_environment text NOT NULL,
        service_account text NOT NULL,
        reason text NOT NULL,
        expires_at timestamptz NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        provider_consent_by text,
        provider_consent_at timestamptz,
        consumer_consent_by text,
        consumer_consent_at timestamptz,
        resolution jsonb,
        problem jsonb,
        resolve_at timestamptz NOT NULL DEFAULT now(),
        failures integer NOT NULL DEFAULT 0,
        revision integer NOT NULL DEFAULT 1,
        provider_told boolean NOT NULL DEFAULT false,
        consumer_told boolean NOT NULL DEFAULT false,
        provider_in_force_at timestamptz,
        consumer_in_force_at timestamptz,
        provider_operation_id uuid,
        consumer_operation_id uuid,
        ended_at timestamptz,
        ended_by text,
        end_reason text,
        CONSTRAINT links_join_two_check CHECK (provider_tenant_id <> consumer_tenant_id)
      )`);
    // Every pass over a tenant reads its open links.
    await queryRunner.query(
      'CREATE INDEX links_open_provider_idx ON links (provider_tenant_id) WHERE ended_at IS NULL',
    );
    await queryRunner.query(
      'CREATE INDEX links_open_consumer_idx ON links (consumer_tenant_id) WHERE ended_at IS NULL',
    );
    await queryRunner.query('CREATE INDEX links_provider_idx ON links (provider_tenant_id, id)');
    await queryRunner.query('CREATE INDEX links_consumer_idx ON links (consumer_tenant_id, id)');
    await change(queryRunner, `jsonb_build_object('links', '${limits}'::jsonb) || spec`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `spec - 'links'`);
    await queryRunner.query('DROP TABLE links');
  }
}

async function change(queryRunner: QueryRunner, spec: string): Promise<void> {
  await queryRunner.query('ALTER TABLE plan_versions DISABLE TRIGGER plan_versions_are_immutable');
  await queryRunner.query(`UPDATE plan_versions SET spec = ${spec}`);
  await queryRunner.query('ALTER TABLE plan_versions ENABLE TRIGGER plan_versions_are_immutable');
}
