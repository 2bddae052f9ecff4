import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AddIsolationFindings1795651620000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenants ADD COLUMN isolation_findings jsonb');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenants DROP COLUMN isolation_findings');
  }
}
