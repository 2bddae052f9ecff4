import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Workers take changed tenants straight from the table, the longest waiting first. */
export class IndexChangedTenants1795738560000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX tenants_changed_idx ON tenants (next_reconcile_at)
       WHERE generation > observed_generation AND deleted_at IS NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX tenants_changed_idx');
  }
}
