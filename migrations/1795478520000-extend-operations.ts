import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class ExtendOperations1795478520000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE operations ADD COLUMN retry_of uuid, ADD COLUMN steps_dropped integer NOT NULL DEFAULT 0`);
    await queryRunner.query('ALTER TABLE tenants ADD COLUMN cancelled_generation integer');
    // Whoever changes a row that readers can see tells them, without having to remember it.
    await queryRunner.query(`
      CREATE FUNCTION notify_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_notify(TG_ARGV[0], NEW.id::text);
          RETURN NULL;
        END $$`);
    await queryRunner.query(`
      CREATE TRIGGER operations_notify_change AFTER UPDATE ON operations
        FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notify_change('bulkhead_operations')`);
    await queryRunner.query(`
      CREATE TRIGGER tenants_notify_change AFTER UPDATE ON tenants
        FOR EACH ROW WHEN (OLD.revision IS DISTINCT FROM NEW.revision) EXECUTE FUNCTION notify_change('bulkhead_tenants')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER tenants_notify_change ON tenants');
    await queryRunner.query('DROP TRIGGER operations_notify_change ON operations');
    await queryRunner.query('DROP FUNCTION notify_change()');
    await queryRunner.query('ALTER TABLE tenants DROP COLUMN cancelled_generation');
    await queryRunner.query('ALTER TABLE operations DROP COLUMN retry_of, DROP COLUMN steps_dropped');
  }
}
