import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class RunUntilDeletion1795780060000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Until now a scheduled deletion always suspended its tenant, and those that are scheduled stay as they are.
    await queryRunner.query('ALTER TABLE tenants ADD COLUMN deletion_suspends boolean NOT NULL DEFAULT true');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenants DROP COLUMN deletion_suspends');
  }
}
