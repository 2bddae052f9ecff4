import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AddClusterCapabilities1795651320000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE clusters ADD COLUMN capabilities jsonb');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE clusters DROP COLUMN capabilities');
  }
}
