import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class NoteTurnsOfPolicies1795651950000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE policies ADD COLUMN state_changed_at timestamptz NOT NULL DEFAULT now()');
    await queryRunner.query('UPDATE policies SET state_changed_at = updated_at');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE policies DROP COLUMN state_changed_at');
  }
}
