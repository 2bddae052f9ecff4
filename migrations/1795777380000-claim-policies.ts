import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** An older version of the worker ignores these columns: it finds nothing due while a policy is claimed. */
export class ClaimPolicies1795777380000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE policies ADD COLUMN claim integer NOT NULL DEFAULT 0, ADD COLUMN claimed_until timestamptz,
         ADD COLUMN unconfirmed boolean NOT NULL DEFAULT false`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE policies DROP COLUMN claim, DROP COLUMN claimed_until, DROP COLUMN unconfirmed',
    );
  }
}
