import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class IndexMembers1795781000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // People are found among the members of tenants by each of their requests. A list of pending entries would have to be
    // read by each, and makes Postgres prefer to read all tenants.
    await queryRunner.query('CREATE INDEX tenants_members_idx ON tenants USING gin (members) WITH (fastupdate = off)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX tenants_members_idx');
  }
}
