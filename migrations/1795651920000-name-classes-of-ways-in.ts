import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Versions from before allow any IngressClass, as they did, and load balancers of the cluster's own class. */
export class NameClassesOfWaysIn1795651920000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `'{"ingressClasses": [], "loadBalancerClasses": []}'::jsonb || spec`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await change(queryRunner, `spec - 'ingressClasses' - 'loadBalancerClasses'`);
  }
}

async function change(queryRunner: QueryRunner, spec: string): Promise<void> {
  await queryRunner.query('ALTER TABLE plan_versions DISABLE TRIGGER plan_versions_are_immutable');
  await queryRunner.query(`UPDATE plan_versions SET spec = ${spec}`);
  await queryRunner.query('ALTER TABLE plan_versions ENABLE TRIGGER plan_versions_are_immutable');
}
