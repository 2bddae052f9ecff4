import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** A stored answer has the status of its endpoint: no release has ever read or written this column. */
export class DropIdempotencyStatus1795773600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE idempotency_keys DROP COLUMN status');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE idempotency_keys ADD COLUMN status integer');
  }
}
