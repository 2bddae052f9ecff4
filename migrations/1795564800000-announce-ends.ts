import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AnnounceEnds1795564800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Who waits for the end of an operation need not read it each time that a step is added.
    await queryRunner.query(`
      CREATE FUNCTION notify_operation_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_notify('bulkhead_operations',
            NEW.id::text || CASE WHEN NEW.finished_at IS NULL THEN '' ELSE ' ended' END);
          RETURN NULL;
        END $$`);
    await queryRunner.query('DROP TRIGGER operations_notify_change ON operations');
    await queryRunner.query(`
      CREATE TRIGGER operations_notify_change AFTER UPDATE ON operations
        FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notify_operation_change()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER operations_notify_change ON operations');
    await queryRunner.query(`
      CREATE TRIGGER operations_notify_change AFTER UPDATE ON operations
        FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notify_change('bulkhead_operations')`);
    await queryRunner.query('DROP FUNCTION notify_operation_change()');
  }
}
