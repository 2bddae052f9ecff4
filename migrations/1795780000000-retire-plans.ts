import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class RetirePlans1795780000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE plans ADD COLUMN retired_at timestamptz');
    // A version still never changes, and is only deleted together with its plan, which says so in the transaction.
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION refuse_plan_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND current_setting('bulkhead.deleted_plan', true) = OLD.plan_id THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION 'plan versions are immutable';
      END $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION refuse_plan_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'plan versions are immutable';
      END $$`);
    await queryRunner.query('ALTER TABLE plans DROP COLUMN retired_at');
  }
}
