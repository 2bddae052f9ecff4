import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class ReleaseHosts1795777560000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE hosts ADD COLUMN removed_in integer');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM hosts WHERE removed_in IS NOT NULL');
    await queryRunner.query('ALTER TABLE hosts DROP COLUMN removed_in');
  }
}
