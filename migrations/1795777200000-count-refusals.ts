import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Refusals of a tenant's passes: a few over some time make one final. An older program leaves them as they are. */
export class CountRefusals1795777200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE tenants ADD COLUMN refusals integer NOT NULL DEFAULT 0, ADD COLUMN refused_since timestamptz',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenants DROP COLUMN refusals, DROP COLUMN refused_since');
  }
}
