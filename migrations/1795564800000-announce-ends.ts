import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AnnounceEnds1795564800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Who waits for the end of an operation need not read it each time that a step is added.
    await queryRunner.query(`
      CREATE TRIGGER operations_notify_end AFTER UPDATE ON operations
        FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
        EXECUTE FUNCTION notify_change('bulkhead_operation_ends')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER operations_notify_end ON operations');
  }
}
