import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class IndexMembers1795781000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // People are found among the members of tenants by each of their requests.
    await queryRunner.query('CREATE INDEX tenants_members_idx ON tenants USING gin (members)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX tenants_members_idx');
  }
}
