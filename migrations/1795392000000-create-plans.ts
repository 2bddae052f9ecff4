import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreatePlans1795392000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE plans (
        id text PRIMARY KEY,
        display_name text NOT NULL,
        description text NOT NULL,
        latest_version integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`
      CREATE TABLE plan_versions (
        plan_id text NOT NULL CONSTRAINT plan_versions_plan_id_fkey REFERENCES plans (id),
        version integer NOT NULL,
        spec jsonb NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT plan_versions_pkey PRIMARY KEY (plan_id, version)
      )`);
    // A tenant pins a version, so what the version says must never change under it.
    await queryRunner.query(`
      CREATE FUNCTION refuse_plan_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'plan versions are immutable';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER plan_versions_are_immutable BEFORE UPDATE OR DELETE ON plan_versions
      FOR EACH ROW EXECUTE FUNCTION refuse_plan_version_change()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE plan_versions');
    await queryRunner.query('DROP FUNCTION refuse_plan_version_change');
    await queryRunner.query('DROP TABLE plans');
  }
}
