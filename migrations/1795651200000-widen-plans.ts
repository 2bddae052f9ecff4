import { type MigrationInterface, type QueryRunner } from 'typeorm';

const quota = JSON.stringify({
  roles: 50,
  roleBindings: 50,
  networkPolicies: 50,
  storageClasses: {},
  priorityClasses: {},
});
const podSecurity = JSON.stringify({ userNamespaces: false, readOnlyRootFilesystem: false });

/** Versions from before say what they meant: the new members with their defaults, which restrict nothing new. */
export class WidenPlans1795651200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await change(
      queryRunner,
      `spec || jsonb_build_object('quota', '${quota}'::jsonb || (spec -> 'quota'),
         'podSecurity', '${podSecurity}'::jsonb || (spec -> 'podSecurity'))`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const keys = (text: string): string => `ARRAY['${Object.keys(JSON.parse(text) as object).join("','")}']`;
    await change(
      queryRunner,
      `spec || jsonb_build_object('quota', (spec -> 'quota') - ${keys(quota)},
         'podSecurity', (spec -> 'podSecurity') - ${keys(podSecurity)})`,
    );
  }
}

async function change(queryRunner: QueryRunner, spec: string): Promise<void> {
  await queryRunner.query('ALTER TABLE plan_versions DISABLE TRIGGER plan_versions_are_immutable');
  await queryRunner.query(`UPDATE plan_versions SET spec = ${spec}`);
  await queryRunner.query('ALTER TABLE plan_versions ENABLE TRIGGER plan_versions_are_immutable');
}
