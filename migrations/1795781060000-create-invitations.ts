import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateInvitations1795781060000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE invitations (
        id uuid CONSTRAINT invitations_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT invitations_tenant_id_fkey REFERENCES tenants (id),
        email text NOT NULL,
        role text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      )`);
    await queryRunner.query('CREATE UNIQUE INDEX invitations_tenant_id_email_key ON invitations (tenant_id, email)');
    // Whoever logs in is looked for by the address.
    await queryRunner.query('CREATE INDEX invitations_email_idx ON invitations (email)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE invitations');
  }
}
