import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Versions from before allow none either: nobody asked for one. */
export class NameCsiDrivers1795651890000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `'{"csiDrivers": []}'::jsonb || spec`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `spec - 'csiDrivers'`);
  }
}

async function change(queryRunner: QueryRunner, spec: string): Promise<void> {
  await queryRunner.query('ALTER TABLE plan_versions DISABLE TRIGGER plan_versions_are_immutable');
  await queryRunner.query(`UPDATE plan_versions SET spec = ${spec}`);
  await queryRunner.query('ALTER TABLE plan_versions ENABLE TRIGGER plan_versions_are_immutable');
}
