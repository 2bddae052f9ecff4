import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AddObjectFingerprint1795478400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenant_objects ADD COLUMN fingerprint text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenant_objects DROP COLUMN fingerprint');
  }
}
