import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateNetworkRules1795777620000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE network_rules (
        id uuid CONSTRAINT network_rules_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT network_rules_tenant_id_fkey REFERENCES tenants (id),
        direction text NOT NULL,
        action text NOT NULL,
        cidrs text[] NOT NULL,
        hosts text[] NOT NULL,
        except_cidrs text[] NOT NULL,
        ports jsonb NOT NULL,
        environments text[],
        pod_labels jsonb NOT NULL,
        beyond_plan boolean NOT NULL,
        owner text NOT NULL,
        reason text NOT NULL,
        expires_at timestamptz,
        expired_at timestamptz,
        generation integer NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    // Every pass over a tenant reads its rules.
    await queryRunner.query('CREATE INDEX network_rules_tenant_id_idx ON network_rules (tenant_id, id)');
    await queryRunner.query(
      'CREATE INDEX network_rules_expires_at_idx ON network_rules (expires_at) WHERE expired_at IS NULL',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE network_rules');
  }
}
