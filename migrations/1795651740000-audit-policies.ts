import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AuditPolicies1795651740000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE policies ADD COLUMN audited_at timestamptz, ADD COLUMN audited_version integer',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE policies DROP COLUMN audited_at, DROP COLUMN audited_version');
  }
}
