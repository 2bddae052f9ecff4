import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Versions from before say what they meant: no run begins by itself. */
export class ScheduleIsolationChecks1795651680000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `jsonb_build_object('isolationChecks', '{"everyHours": null}'::jsonb) || spec`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `spec - 'isolationChecks'`);
  }
}

async function change(queryRunner: QueryRunner, spec: string): Promise<void> {
  await queryRunner.query('ALTER TABLE plan_versions DISABLE TRIGGER plan_versions_are_immutable');
  await queryRunner.query(`UPDATE plan_versions SET spec = ${spec}`);
  await queryRunner.query('ALTER TABLE plan_versions ENABLE TRIGGER plan_versions_are_immutable');
}
