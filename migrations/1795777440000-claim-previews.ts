import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class ClaimPreviews1795777440000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE previews ADD COLUMN claimed_until timestamptz');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE previews DROP COLUMN claimed_until');
  }
}
