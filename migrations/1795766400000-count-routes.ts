import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Versions from before allow as many routes of a tenant's own as a plan that says nothing of them. */
export class CountRoutes1795766400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const quota = `'{"httpRoutes": 100, "grpcRoutes": 100}'::jsonb || (spec -> 'quota')`;
    await change(queryRunner, `jsonb_set(spec, '{quota}', ${quota})`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `jsonb_set(spec, '{quota}', (spec -> 'quota') - ARRAY['httpRoutes', 'grpcRoutes'])`);
  }
}

async function change(queryRunner: QueryRunner, spec: string): Promise<void> {
  await queryRunner.query('ALTER TABLE plan_versions DISABLE TRIGGER plan_versions_are_immutable');
  await queryRunner.query(`UPDATE plan_versions SET spec = ${spec}`);
  await queryRunner.query('ALTER TABLE plan_versions ENABLE TRIGGER plan_versions_are_immutable');
}
