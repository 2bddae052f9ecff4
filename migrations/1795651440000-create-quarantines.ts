import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateQuarantines1795651440000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE quarantines (
        id uuid CONSTRAINT quarantines_pkey PRIMARY KEY,
        selector jsonb NOT NULL,
        reason text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        lifted_by text,
        lifted_at timestamptz
      )`);
    await queryRunner.query(
      'ALTER TABLE holds ADD COLUMN quarantine_id uuid CONSTRAINT holds_quarantine_id_fkey REFERENCES quarantines (id)',
    );
    await queryRunner.query(
      'CREATE INDEX holds_quarantine_id_idx ON holds (quarantine_id) WHERE quarantine_id IS NOT NULL',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE holds DROP COLUMN quarantine_id');
    await queryRunner.query('DROP TABLE quarantines');
  }
}
