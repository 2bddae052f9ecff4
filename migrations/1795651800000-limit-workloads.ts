import { type MigrationInterface, type QueryRunner } from 'typeorm';

const unlimited = JSON.stringify({ maxReplicas: null, memoryLimitRequestRatio: null, emptyDirSizeLimit: false });

/** Versions from before say what they meant: no limit beside the quota. */
export class LimitWorkloads1795651800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `jsonb_build_object('workloadLimits', '${unlimited}'::jsonb) || spec`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `spec - 'workloadLimits'`);
  }
}

async function change(queryRunner: QueryRunner, spec: string): Promise<void> {
  await queryRunner.query('ALTER TABLE plan_versions DISABLE TRIGGER plan_versions_are_immutable');
  await queryRunner.query(`UPDATE plan_versions SET spec = ${spec}`);
  await queryRunner.query('ALTER TABLE plan_versions ENABLE TRIGGER plan_versions_are_immutable');
}
